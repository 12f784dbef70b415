/**
 * The meaning of glob patterns, written for clarity: a pattern is first taken apart into elements, each a star or a set of bytes, and
 * then matched by trying everything. Exponential; for short texts only. Its answers were compared with those of redis-server 7.0.15.
 */

interface Star {
  readonly kind: "star";
}
interface OneOf {
  readonly kind: "oneOf";
  readonly holds: (byte: number) => boolean;
}
type Element = Star | OneOf;

/** Whether the pattern matches the whole text; both as Latin-1 (a character is a byte). */
export function globReference(pattern: string, text: string, ignoreCase: boolean): boolean {
  if (text === "") return pattern === "";
  return matches(elements(pattern, ignoreCase), bytesOf(text));
}

function matches(rest: readonly Element[], bytes: readonly number[]): boolean {
  const [first, ...others] = rest;
  if (!first) return bytes.length === 0;
  if (first.kind === "star") return matches(others, bytes) || (bytes.length > 0 && matches(rest, bytes.slice(1)));
  return bytes.length > 0 && first.holds(bytes[0] as number) && matches(others, bytes.slice(1));
}

function elements(pattern: string, ignoreCase: boolean): readonly Element[] {
  const fold = (byte: number): number => (ignoreCase && byte >= 65 && byte <= 90 ? byte + 32 : byte);
  const result: Element[] = [];
  let rest = pattern;
  while (rest !== "") {
    const [, star, any, opened, escaped, plain] = /^(?:(\*+)|(\?)|(\[)|\\(.)|(.))/s.exec(rest) as RegExpExecArray;
    if (opened) {
      const [, caret, items] = /^\[(\^?)((?:\\.|[^\]]-.|[^\]])*)/s.exec(rest) as RegExpExecArray;
      const holds = classOf(items as string, fold);
      result.push({ kind: "oneOf", holds: caret ? (byte) => !holds(byte) : holds });
      rest = rest.slice(1 + (caret as string).length + (items as string).length + 1);
      continue;
    }
    const literal = (escaped ?? plain)?.charCodeAt(0);
    if (star) result.push({ kind: "star" });
    else result.push({ kind: "oneOf", holds: (byte) => any !== undefined || fold(byte) === fold(literal as number) });
    rest = rest.slice((star ?? any ?? plain)?.length ?? 2);
  }
  return result;
}

function classOf(items: string, fold: (byte: number) => number): (byte: number) => boolean {
  const signed = (byte: number): number => (byte > 127 ? byte - 256 : byte);
  const tests = [...items.matchAll(/\\(.)|(.)-(.)|(.)/gs)].map(([, escaped, first, last, plain]) => {
    if (escaped !== undefined) return (byte: number) => byte === escaped.charCodeAt(0);
    if (plain !== undefined) return (byte: number) => fold(byte) === fold(plain.charCodeAt(0));
    const bounds = [first, last].map((bound) => (bound as string).charCodeAt(0)).sort((a, b) => signed(a) - signed(b));
    const [low, high] = bounds.map((bound) => signed(fold(bound))) as [number, number];
    return (byte: number) => signed(fold(byte)) >= low && signed(fold(byte)) <= high;
  });
  return (byte) => tests.some((test) => test(byte));
}

function bytesOf(text: string): readonly number[] {
  return [...Buffer.from(text, "latin1")];
}
