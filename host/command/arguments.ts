/**
 * Reading the arguments of a host-answered command: words, numbers, passwords. Arguments are bytes; they are text only where
 * a command says so.
 */
import type { DatabaseError } from "../common/error.ts";
import { replyError } from "../common/reply-error.ts";

const decoder = new TextDecoder();
const INTEGER_MIN = -(2n ** 63n);
const INTEGER_MAX = 2n ** 63n - 1n;
/** Longest decimal form of a 64-bit integer. */
const INTEGER_LENGTH_MAX = 20;
/** Longest part of an argument that an error repeats. */
const SHOWN_LENGTH_MAX = 128;

/** The argument as text; bytes that are no UTF-8 become U+FFFD. "" when it is missing. */
export function text(argument: Uint8Array | undefined): string {
  return argument === undefined ? "" : decoder.decode(argument);
}

/** The argument as a word to compare: upper case. */
export function word(argument: Uint8Array | undefined): string {
  return text(argument).toUpperCase();
}

/** The part of an argument that an error may repeat. */
export function shown(argument: Uint8Array | undefined): string {
  return text(argument?.subarray(0, SHOWN_LENGTH_MAX));
}

/** A 64-bit integer written the one canonical way, or undefined. */
export function integer(argument: Uint8Array | undefined): bigint | undefined {
  if (argument === undefined || argument.length > INTEGER_LENGTH_MAX) return undefined;
  const digits = text(argument);
  if (!/^(0|-?[1-9][0-9]*)$/.test(digits)) return undefined;
  const value = BigInt(digits);
  return value >= INTEGER_MIN && value <= INTEGER_MAX ? value : undefined;
}

/** The same, or the given error is thrown. */
export function requireInteger(argument: Uint8Array | undefined, otherwise: () => DatabaseError = () => replyError("NOT_INTEGER")): bigint {
  const value = integer(argument);
  if (value === undefined) throw otherwise();
  return value;
}

/** A switch: true for ON, false for OFF in any case, else a syntax error. */
export function onOff(argument: Uint8Array | undefined): boolean {
  const given = word(argument);
  if (given !== "ON" && given !== "OFF") throw replyError("SYNTAX");
  return given === "ON";
}

/** All bytes are printable ASCII without blanks, as CLIENT LIST needs of a name. */
export function isPrintable(argument: Uint8Array): boolean {
  return argument.every((byte) => byte > 32 && byte < 127);
}

/**
 * Compares a secret with what a client sent. The time depends on the length of what was sent and on nothing else, so it
 * tells neither how much of it was right nor how long the secret is.
 */
export function isSecret(secret: Uint8Array, given: Uint8Array): boolean {
  let difference = secret.length ^ given.length;
  for (let at = 0; at < given.length; at++) {
    difference |= (given[at] ?? 0) ^ (secret[secret.length === 0 ? 0 : at % secret.length] ?? 0);
  }
  return difference === 0;
}
