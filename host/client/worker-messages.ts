/**
 * What a page and the worker that has its database say to each other, by structured clone.
 *
 *   page → worker   open       once, first
 *                   calls      a batch: all calls of one turn, in order
 *                   sql        in answer to `wants sql`: where its files lie, or why there are none
 *   worker → page   opened     or `refused`, in answer to `open`
 *                   results    in answer to a batch: as many values as it has calls, in order; `failures` says which failed
 *                   report     a line for the operator
 *                   wants sql  a statement has come: before it nothing of SQL is loaded
 *
 * Errors cross as objects of their code and message, since a clone keeps neither an error's class nor its code. Inside of a value
 * (an element of a pipeline's answer) they are `PackedError`s; reply values hold no other objects of that shape.
 */
import { DatabaseError, type ErrorCode } from "../common/error.ts";

/** One end of a line to somebody who runs by himself. Messages arrive in order. */
export interface MessageLink {
  /** Sends a clone of the message; the buffers in `transfer` are handed over. */
  send(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Everything that arrives from now on goes to `receive`. */
  listen(receive: (message: unknown) => void): void;
}

export interface PackedError {
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** Options of a database behind a worker, as the page gives them. */
export interface OpenRequest {
  readonly kind: "open";
  /** Name of the database; in memory without one. */
  readonly name: string | undefined;
  /** Options by snake_case name. */
  readonly options: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Where the engine lies, or its bytes. */
  readonly engine: string | Uint8Array;
}

/** What SQL is made of: places, or the things themselves. */
export interface SqlFiles {
  /** The program (dist/browser-sql.js). */
  readonly program: string | Blob;
  /** The functions that come with MemFlux (dist/functions.wasm). */
  readonly functions: string | Uint8Array;
}

export interface SqlMessage {
  readonly kind: "sql";
  readonly files: SqlFiles | PackedError;
}

/** A method, the number of the database that it works on, whether texts come back as bytes, the arguments, and the transaction that it works in. */
export type Call = readonly [method: string, database: number, asBytes: boolean, args: readonly unknown[], transaction?: number];

/** Answered by a `results` with the same number. */
export interface CallsRequest {
  readonly kind: "calls";
  readonly batch: number;
  readonly calls: readonly Call[];
}

/** `failures` are the positions of the calls that failed; their values are PackedErrors. */
export interface Results {
  readonly kind: "results";
  readonly batch: number;
  readonly values: readonly unknown[];
  readonly failures: readonly number[];
}

export type PageMessage = OpenRequest | CallsRequest | SqlMessage;

export type WorkerMessage =
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly error: PackedError }
  | { readonly kind: "report"; readonly line: string }
  | { readonly kind: "wants sql" }
  | Results;

/** An error of any kind, ready to cross. */
export function packError(error: unknown): PackedError {
  if (error instanceof DatabaseError) return { errorCode: error.code, errorMessage: error.message };
  return { errorCode: "INTERNAL", errorMessage: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}

export function unpackError({ errorCode, errorMessage }: PackedError): DatabaseError {
  return new DatabaseError(errorCode as ErrorCode, errorMessage);
}

export function isPackedError(value: object): value is PackedError {
  return "errorCode" in value && "errorMessage" in value;
}

/** A reply value with its errors packed; the same object if there are none in it. */
export function packValue(value: unknown): unknown {
  return value instanceof DatabaseError ? packError(value) : within(value, packValue);
}

/** The reverse of `packValue`. */
export function unpackValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return isPackedError(value) ? unpackError(value) : within(value, unpackValue);
}

/** A collection with `change` applied to its elements, or the same one if that changes none. */
function within(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    const changed = value.map(change);
    return changed.some((item, position) => item !== value[position]) ? changed : value;
  }
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [change(key), change(item)]));
  if (value instanceof Set) return new Set([...value].map(change));
  return value;
}

/** Memory that both sides see, which browsers have on pages that are isolated from other origins only. */
function isShared(value: object): boolean {
  return typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer;
}

/**
 * A copy of a method's argument that is as the caller left it whatever happens to the original, and that can be cloned. Throws
 * USAGE for what cannot cross.
 */
export function copyArgument(value: unknown): unknown {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
    case "undefined":
      return value;
    case "object":
      break;
    default:
      throw new DatabaseError("USAGE", `a ${typeof value} cannot be sent to the database`);
  }
  // A view on part of a buffer would be cloned with the whole buffer.
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value === null || value instanceof Date || isShared(value)) return value;
  if (Symbol.iterator in value) return Array.from(value as Iterable<unknown>, copyArgument);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copyArgument(item)]));
}
