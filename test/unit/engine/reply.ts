/**
 * Replies of the engine as tests need them: splitting a stream of replies, arrays of bulk strings, whole scans. Strict: what
 * is not RESP throws, so that a test never goes on with half a reply.
 */
import type { TestEngine } from "../../support/engine.ts";

/** End of the reply that begins at `start`; throws when it is not there whole. */
function replyEnd(text: string, start: number): number {
  const line = text.indexOf("\r\n", start);
  if (line < 0) throw new Error(`no reply at byte ${start} of ${text.length}`);
  const head = text[start]!;
  const end = line + 2;
  if (head === "_" && line !== start + 1) throw new Error("text behind a null");
  if ("+-:_,#(".includes(head)) return end;
  const length = Number(text.slice(start + 1, line));
  if (!Number.isInteger(length) || length < -1) throw new Error(`bad length at byte ${start}`);
  if (head === "$") {
    if (length < 0) return end;
    if (text.slice(end + length, end + length + 2) !== "\r\n") throw new Error(`a bulk string at byte ${start} has no end`);
    return end + length + 2;
  }
  if (head !== "*" && head !== "%") throw new Error(`unknown reply type ${JSON.stringify(head)} at byte ${start}`);
  let position = end;
  for (let element = 0; element < length * (head === "%" ? 2 : 1); element++) position = replyEnd(text, position);
  return position;
}

/** The single replies that a text consists of. Throws when it does not consist of whole replies. */
export function splitReplies(text: string): string[] {
  const replies: string[] = [];
  let position = 0;
  while (position < text.length) {
    const end = replyEnd(text, position);
    replies.push(text.slice(position, end));
    position = end;
  }
  return replies;
}

/** The elements of an array of bulk strings. */
export function arrayOf(reply: string): string[] {
  if (!reply.startsWith("*")) throw new Error(`not an array: ${reply.slice(0, 60)}`);
  return splitReplies(reply.slice(reply.indexOf("\r\n") + 2)).map(bulkText);
}

/** The text of a bulk string reply. */
export function bulkText(reply: string): string {
  if (!reply.startsWith("$") || reply.startsWith("$-1")) throw new Error(`not a bulk string: ${reply.slice(0, 60)}`);
  return reply.slice(reply.indexOf("\r\n") + 2, -2);
}

/** Cursor and keys of a SCAN reply. */
export function scanReply(reply: string): { readonly cursor: string; readonly keys: readonly string[] } {
  if (!reply.startsWith("*2\r\n")) throw new Error(`not a SCAN reply: ${reply.slice(0, 60)}`);
  const [cursor, keys, ...more] = splitReplies(reply.slice(4));
  if (cursor === undefined || keys === undefined || more.length > 0) throw new Error("a SCAN reply has two elements");
  return { cursor: bulkText(cursor), keys: arrayOf(keys) };
}

/** All keys that a whole SCAN returns, some maybe twice. */
export function scanAll(engine: TestEngine, session: number, nowMs: number, ...options: string[]): string[] {
  const found: string[] = [];
  let cursor = "0";
  do {
    const page = scanReply(engine.command(session, ["SCAN", cursor, ...options], nowMs));
    found.push(...page.keys);
    cursor = page.cursor;
  } while (cursor !== "0");
  return found;
}
