/**
 * Settings within a transaction, as PostgreSQL has them: SET counts at once, and stays if the transaction commits; SET LOCAL counts until its
 * end; what is rolled back, to a savepoint too, takes the settings of it along.
 */
import type { SessionSettings } from "./settings.ts";
import type { TransactionControl, TransactionPart } from "./transaction-control.ts";

/** Settings at a savepoint: those that count, and those that a commit would leave. */
interface Mark {
  readonly current: SessionSettings;
  readonly kept: SessionSettings;
}

class SettingsScope implements TransactionPart {
  readonly #settings: SessionSettings;
  readonly #before: SessionSettings;
  #kept: SessionSettings;

  constructor(settings: SessionSettings) {
    this.#settings = settings;
    this.#before = settings.copy();
    this.#kept = settings.copy();
  }

  change(run: (settings: SessionSettings) => void, isLocal: boolean): void {
    run(this.#settings);
    if (!isLocal) run(this.#kept);
  }

  mark(): Mark {
    return { current: this.#settings.copy(), kept: this.#kept.copy() };
  }

  /** Without a mark: to where nothing had been set. */
  rollbackTo(mark: unknown): void {
    const { current, kept } = (mark as Mark | undefined) ?? { current: this.#before, kept: this.#before };
    this.#settings.assign(current);
    this.#kept = kept.copy();
  }

  ended(isCommitted: boolean): void {
    this.#settings.assign(isCommitted ? this.#kept : this.#before);
  }
}

/**
 * Changes settings of a session by `run`. Where there is no transaction of its own a local change is none, but for its errors: a statement
 * alone is a transaction.
 */
export function changeSettings(
  settings: SessionSettings,
  transaction: TransactionControl | undefined,
  isLocal: boolean,
  run: (settings: SessionSettings) => void,
): void {
  const scope = transaction?.part(() => new SettingsScope(settings));
  if (scope instanceof SettingsScope) scope.change(run, isLocal);
  else run(isLocal ? settings.copy() : settings);
}
