/**
 * The transaction of a statement that lets others run before it writes: it has a session of the engine to itself, which nobody else sees.
 */
import type { Engine } from "../engine/engine.ts";
import type { OwnTransaction } from "../query/executor/sliced-write.ts";
import type { Transactions } from "./transactions.ts";

/** Begins one on the committed state as it is now. Throws OUT_OF_MEMORY. */
export function beginOwn(engine: Engine, transactions: Transactions): OwnTransaction {
  const handle = engine.openSession();
  const control = transactions.of({ handle, lastActiveMs: 0 });
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    const isAlive = engine.failure === undefined;
    control.close(isAlive);
    if (isAlive) engine.closeSession(handle);
  };
  try {
    control.beginHeld({ isolation: "serializable", readOnly: false }, false);
  } catch (error) {
    close();
    throw error;
  }
  return { control, commit: () => control.endHeld("commit"), close };
}
