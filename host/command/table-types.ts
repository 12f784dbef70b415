/**
 * Types of the command table and the small functions that its rows are written with.
 *
 * A row is data about one command or subcommand. Everything that lists commands is derived from the rows: the engine's ids,
 * arities, flags and key positions (host/build/generate-commands.mjs), COMMAND and its subcommands, access categories, help
 * and completion of the shell.
 *
 * 1. `name` is in upper case; a subcommand's is its own word only ("GET" of CONFIG). Names are unique among siblings.
 * 2. `arity` counts the name (and the container's): n exactly, -n at least n arguments.
 * 3. A top-level row has `engine`, the file in assembly/command/ whose function `<name in lower case>Command` runs it, or
 *    `host`, the file in host/command/ whose handler answers it. With both, the engine hands to the host what it does not
 *    answer itself. Subcommands live in their container's.
 * 4. `syntax` describes the arguments after the name in the notation of syntax.ts.
 * 5. Arity, flags, key positions, categories and `since` are facts as a Redis 7.0 server tells them (7.2 for what came
 *    later); summaries and complexities are our own words.
 */
import { DatabaseError } from "../common/error.ts";

export type CommandFlag =
  | "write"
  | "readonly"
  | "denyoom"
  | "admin"
  | "noscript"
  | "loading"
  | "stale"
  | "fast"
  | "no_auth"
  | "no_async_loading"
  | "no_multi"
  | "allow_busy"
  | "skip_slowlog"
  | "movablekeys"
  | "blocking"
  | "pubsub";

export type AclCategory =
  | "keyspace"
  | "read"
  | "write"
  | "string"
  | "admin"
  | "fast"
  | "slow"
  | "dangerous"
  | "connection"
  | "scripting"
  | "transaction"
  | "json"
  | "hash"
  | "list"
  | "set"
  | "sortedset"
  | "blocking"
  | "pubsub";

export type CommandGroup =
  | "string"
  | "hash"
  | "list"
  | "set"
  | "sorted-set"
  | "pubsub"
  | "generic"
  | "json"
  | "sql"
  | "graph"
  | "connection"
  | "server"
  | "scripting"
  | "transactions";

/** inside: as any other; outside: it is refused in a transaction; always: it runs in one that has failed too, and says itself what it thinks of that. */
export type TransactionUse = "inside" | "outside" | "always";

/** not_key: it is placed as a key is (the channel of a shard), but is none. */
export type KeyAccess = "RO" | "RW" | "OW" | "RM" | "not_key";
export type KeyUse = "access" | "update" | "insert" | "delete" | "variable_flags";

/** Where keys lie and what happens to them. Positions count from the command's name, 0; `lastKey` counts from `first`, -1 is the end. */
export interface KeySpec {
  readonly access: KeyAccess;
  readonly uses: readonly KeyUse[];
  readonly first: number;
  readonly lastKey: number;
  readonly step: number;
  /** The argument at `first` says how many keys follow it. */
  readonly isCounted?: true;
  /** There is no place where they lie: the names come from the content of other keys, or `keyword` stands before one. */
  readonly isUnknown?: true;
  readonly keyword?: string;
  readonly notes?: string;
}

export interface CommandRow {
  readonly name: string;
  readonly arity: number;
  readonly flags: readonly CommandFlag[];
  readonly categories: readonly AclCategory[];
  readonly keys: readonly KeySpec[];
  readonly tips: readonly string[];
  readonly since: string;
  readonly group: CommandGroup;
  readonly summary: string;
  readonly complexity: string;
  readonly syntax: string;
  /** Runs in time that grows with the data, which ends a batch of the engine; or with its reply alone, which does not while that is short. */
  readonly long: boolean | "reply";
  /** Needs what runs statements: EXEC has it loaded before a queue with this command runs. */
  readonly queries: boolean;
  /** How it runs between BEGIN and COMMIT. */
  readonly transaction: TransactionUse;
  readonly engine?: string;
  readonly host?: string;
  readonly deprecated?: { readonly since: string; readonly replacedBy: string };
  /** DEBUG is a tool of developers and testers. */
  readonly documentFlags?: readonly string[];
  readonly subcommands: readonly CommandRow[];
}

/** A row as it is written down: lists are words divided by blanks, keys are in the notation of `parseKeys`. */
export interface RowText {
  readonly name: string;
  readonly arity: number;
  readonly flags?: string;
  readonly acl: string;
  readonly keys?: string;
  readonly tips?: string;
  readonly since: string;
  readonly group: CommandGroup;
  readonly summary: string;
  readonly complexity?: string;
  readonly syntax?: string;
  readonly long?: boolean | "reply";
  readonly queries?: boolean;
  readonly transaction?: TransactionUse;
  readonly engine?: string;
  readonly host?: string;
  readonly deprecated?: { readonly since: string; readonly replacedBy: string };
  readonly documentFlags?: readonly string[];
  readonly subcommands?: readonly CommandRow[];
}

/** Makes a row of its short form. */
export function command(text: RowText): CommandRow {
  return {
    ...text,
    flags: words(text.flags) as readonly CommandFlag[],
    categories: words(text.acl) as readonly AclCategory[],
    keys: parseKeys(text.keys ?? ""),
    tips: words(text.tips),
    complexity: text.complexity ?? "O(1)",
    syntax: text.syntax ?? "",
    long: text.long ?? false,
    queries: text.queries ?? false,
    transaction: text.transaction ?? "inside",
    subcommands: text.subcommands ?? [],
  };
}

/** First, last and step of a command's keys as COMMAND INFO tells them; zeros when it has none. */
export function keyRange(row: CommandRow): { readonly first: number; readonly last: number; readonly step: number } {
  const specs = row.keys.filter((spec) => spec.isCounted !== true && spec.isUnknown !== true);
  const [head] = specs;
  if (head === undefined) return { first: 0, last: 0, step: 0 };
  const ends = specs.map((spec) => (spec.lastKey < 0 ? spec.lastKey : spec.first + spec.lastKey));
  const last = ends.find((end) => end < 0) ?? Math.max(...ends);
  return { first: head.first, last, step: head.step };
}

function words(text: string | undefined): readonly string[] {
  return text === undefined || text === "" ? [] : text.split(" ");
}

function unknownKey([, access, uses, keyword, notes]: readonly string[]): KeySpec {
  return {
    access: access as KeyAccess,
    uses: words(uses?.trim()) as readonly KeyUse[],
    ...{ first: 0, lastKey: 0, step: 0, isUnknown: true as const },
    ...(keyword === undefined ? {} : { keyword }),
    notes: notes ?? "",
  };
}

/**
 * Reads key specs: `RO access @1` is one key at position 1, `RM delete @1..-1` all arguments from 1 on, `OW update @1..-1/2`
 * every second one, `RO access @1#` as many arguments as the one at position 1 says, behind that, `OW update @?STORE` the one behind a word, `@?`
 * nobody knows which; specs are divided by `;`, notes follow in parentheses.
 */
function parseKeys(text: string): readonly KeySpec[] {
  return text === ""
    ? []
    : text.split(";").map((part) => {
        const unknown = /^\s*(RO|RW|OW|RM)((?: [a-z_]+)*) @\?([A-Z]+)? \((.*)\)\s*$/.exec(part);
        if (unknown !== null) return unknownKey(unknown);
        const match = /^\s*(RO|RW|OW|RM|not_key)((?: [a-z_]+)*) @(\d+)(?:\.\.(-?\d+))?(?:\/(\d+))?(#)?(?: \((.*)\))?\s*$/.exec(part);
        if (match === null) throw new DatabaseError("INTERNAL", `the key spec "${part}" cannot be read`);
        const [, access, uses, first, last, step, counted, notes] = match;
        return {
          access: access as KeyAccess,
          uses: words(uses?.trim()) as readonly KeyUse[],
          first: Number(first),
          lastKey: Number(last ?? 0),
          step: Number(step ?? 1),
          ...(counted === undefined ? {} : { isCounted: true as const }),
          ...(notes === undefined ? {} : { notes }),
        };
      });
}
