/**
 * Several statements of one text, run one after the other; the last one answers.
 *
 * All are read before the first one runs. Those between two definitions are one unit, kept or taken back as a whole; a definition is
 * one by itself.
 */
import { locatedIn, type ScriptPart } from "../parser/sql/script.ts";
import type { Language } from "./language.ts";

/** Runs the statements of a unit, as one. */
export type RunUnit = (run: () => void) => void;

export function runScript(
  language: Language,
  text: string,
  parts: readonly ScriptPart[],
  within: RunUnit,
  run: (part: ScriptPart, isLast: boolean) => void,
): void {
  const defines = parts.map((part) =>
    locatedIn(text, part, () => {
      const read = language.read(language.fingerprint(part.text), part.text);
      return read.kind === "direct" && read.defines;
    }),
  );
  for (let first = 0; first < parts.length; ) {
    let end = first + 1;
    while (!defines[first] && end < parts.length && !defines[end]) end++;
    const unit = parts.slice(first, end);
    within(() => {
      for (const part of unit) locatedIn(text, part, () => run(part, part === parts.at(-1)));
    });
    first = end;
  }
}
