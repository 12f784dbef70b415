/**
 * What running any command has in common, with the engine in this thread or behind a worker.
 */

export interface ExecuteOptions {
  /** Bulk strings come back as Uint8Array instead of text. */
  readonly bytes?: boolean;
  /** Rejects with its reason; a command that has begun, or was sent, takes effect all the same. */
  readonly signal?: AbortSignal;
}

/** What `work` settles to, or the signal's reason if that comes first. */
export function orAborted<R>(work: Promise<R>, signal: AbortSignal | undefined): Promise<R> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    const done = (): void => signal.removeEventListener("abort", abort);
    work.then(resolve, reject).then(done, done);
  });
}
