/**
 * The page's side of the link: gathers the calls of a turn into one message and settles their promises from the answer.
 *
 * 1. Calls made without waiting for each other cost one message in each direction, however many they are.
 * 2. A call that may take long (`alone`) goes in a batch of its own, in its place among the others.
 * 3. Calls that cannot be sent (there is no memory for the copy of them) are rejected; the others go on.
 * 4. Once the link has failed or is closed, every call is rejected with the reason, those under way too.
 */
import { DatabaseError } from "../common/error.ts";
import { type Call, copyArgument, type MessageLink, type Results, unpackError, unpackValue } from "./worker-messages.ts";

interface Caller {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Batch {
  readonly calls: Call[];
  readonly callers: Caller[];
}

/** Where calls go: to the database, or into one of its transactions. */
export interface CallSink {
  call(method: string, database: number, asBytes: boolean, args: readonly unknown[], alone?: boolean): Promise<unknown>;
}

export class RemoteCalls implements CallSink {
  readonly #link: MessageLink;
  readonly #underWay = new Map<number, readonly Caller[]>();
  #batches: Batch[] = [];
  #isOpen = false;
  #number = 0;
  #end: DatabaseError | undefined;

  constructor(link: MessageLink) {
    this.#link = link;
  }

  /** Has the worker run a method. Arguments are copied before this returns. */
  call(
    method: string,
    database: number,
    asBytes: boolean,
    args: readonly unknown[],
    alone = false,
    transaction?: number,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) throw this.#end;
      const copies = args.map(copyArgument);
      const call: Call = transaction === undefined ? [method, database, asBytes, copies] : [method, database, asBytes, copies, transaction];
      const last = this.#batches.at(-1);
      if (last === undefined) queueMicrotask(() => this.#send());
      if (last !== undefined && this.#isOpen && !alone) {
        last.calls.push(call);
        last.callers.push({ resolve, reject });
        return;
      }
      this.#batches.push({ calls: [call], callers: [{ resolve, reject }] });
      this.#isOpen = !alone;
    });
  }

  /** Takes the answer to a batch. */
  settle({ batch, values, failures }: Results): void {
    const callers = this.#underWay.get(batch);
    if (callers === undefined) return;
    this.#underWay.delete(batch);
    let failed = 0;
    for (const [position, caller] of callers.entries()) {
      const value = values[position];
      if (failures[failed] === position) {
        failed++;
        caller.reject(unpackError(value as Parameters<typeof unpackError>[0]));
      } else caller.resolve(unpackValue(value));
    }
  }

  /** Rejects all calls, present and future. The first reason counts. */
  end(reason: DatabaseError): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    const batches = [...this.#underWay.values(), ...this.#batches.map(({ callers }) => callers)];
    this.#underWay.clear();
    this.#batches = [];
    for (const { reject } of batches.flat()) reject(reason);
  }

  #send(): void {
    const batches = this.#batches;
    this.#batches = [];
    for (const { calls, callers } of batches) {
      const batch = ++this.#number;
      try {
        this.#link.send({ kind: "calls", batch, calls });
        this.#underWay.set(batch, callers);
      } catch (cause) {
        const error = new DatabaseError("WORKER_FAILED", `the calls cannot be sent: ${(cause as Error).message}`, { cause });
        for (const { reject } of callers) reject(error);
      }
    }
  }
}
