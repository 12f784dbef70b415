/**
 * Requests and replies as the clients of these tests have them: words, and the values of RESP3.
 */

/** An error as a reply: the first word of the line, and the rest. */
export class WireError {
  readonly prefix: string;
  readonly message: string;

  constructor(prefix: string, message: string) {
    this.prefix = prefix;
    this.message = message;
  }
}

export type WireReply = null | string | number | boolean | WireError | readonly WireReply[] | ReadonlyMap<string, WireReply>;

export type Words = readonly string[];
