/**
 * What the shell remembers over reconnections: where the server is, how to log in, the database and the protocol.
 */

import { DatabaseError } from "../common/error.ts";
import type { Reply } from "../resp/decoder.ts";
import { type ConnectionOptions, ShellConnection } from "./connection.ts";

export interface LoginOptions extends ConnectionOptions {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly protocol: 2 | 3;
}

const decoder = new TextDecoder();

export class ShellSession {
  readonly #options: LoginOptions;
  #connection: ShellConnection | undefined;
  #database: number;
  onPush: (reply: Reply) => void = () => {};

  constructor(options: LoginOptions) {
    this.#options = options;
    this.#database = options.database;
  }

  /** `127.0.0.1:8360[1]> `, or `not connected> `. */
  prompt(): string {
    if (this.#connection === undefined || this.#connection.closed) return "not connected> ";
    const database = this.#database === 0 ? "" : `[${this.#database}]`;
    return `${this.#options.host}:${this.#options.port}${database}> `;
  }

  /** Connects and logs in. Rejects with CONNECTION_CLOSED, or with the server's words. */
  async open(): Promise<void> {
    const connection = await ShellConnection.open(this.#options);
    connection.onPush = (reply) => this.onPush(reply);
    const { user, password, protocol } = this.#options;
    if (password !== undefined) await expectOk(connection, user === undefined ? ["AUTH", password] : ["AUTH", user, password]);
    if (protocol === 3) await expectOk(connection, ["HELLO", "3"]);
    if (this.#database !== 0) await expectOk(connection, ["SELECT", String(this.#database)]);
    this.#connection = connection;
  }

  /** Runs a command, on a new connection when there is none. */
  async run(words: readonly (string | Uint8Array)[]): Promise<Reply> {
    if (this.#connection === undefined || this.#connection.closed) await this.open();
    const connection = this.#connection;
    if (connection === undefined) throw new DatabaseError("CONNECTION_CLOSED", "not connected");
    const reply = await connection.request(words);
    this.#follow(words, reply);
    return reply;
  }

  close(): void {
    this.#connection?.close();
  }

  /** Keeps the prompt's database number right. */
  #follow(words: readonly (string | Uint8Array)[], reply: Reply): void {
    const [name, argument] = words.slice(0, 2).map((word) => (typeof word === "string" ? word : decoder.decode(word)));
    if (reply.kind === "error" || name === undefined) return;
    if (name.toLowerCase() === "select") this.#database = Number(argument ?? 0);
    else if (name.toLowerCase() === "reset") this.#database = 0;
  }
}

async function expectOk(connection: ShellConnection, args: readonly string[]): Promise<void> {
  const reply = await connection.request(args);
  if (reply.kind !== "error") return;
  connection.close();
  throw new DatabaseError("CONNECTION_CLOSED", reply.text);
}
