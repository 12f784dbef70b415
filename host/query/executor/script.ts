/**
 * Several statements of one text, run one after the other; the last one answers.
 *
 * All are read before the first one runs. Those between two definitions, or between what begins or ends transactions, are one unit, kept
 * or taken back as a whole; a definition is one by itself. A transaction that a script has begun and not ended stays open behind it.
 */
import { locatedIn, type ScriptPart } from "../parser/sql/script.ts";
import type { ControlStatement, Language } from "./language.ts";

/** Runs the statements of a unit, as one. */
export type RunUnit = (run: () => void, kind: UnitKind) => void;

/** Statements of data; a definition; one that has a transaction of its own, outside of one. */
export type UnitKind = "plain" | "definition" | "transaction";

/** How a script's statements are run. */
export interface ScriptRuns {
  readonly within: RunUnit;
  readonly run: (part: ScriptPart, isLast: boolean) => void;
  /** Runs what directs the transaction. */
  readonly control: (statement: ControlStatement, isLast: boolean) => void;
}

export function runScript(language: Language, text: string, parts: readonly ScriptPart[], runs: ScriptRuns): void {
  const kinds = parts.map((part) => locatedIn(text, part, () => kindOf(language, part)));
  for (let first = 0; first < parts.length; ) {
    const kind = kinds[first];
    let end = first + 1;
    while (kind === "plain" && kinds[end] === "plain") end++;
    const unit = parts.slice(first, end);
    if (typeof kind === "object") locatedIn(text, unit[0] as ScriptPart, () => runs.control(kind, end === parts.length));
    else {
      runs.within(() => {
        for (const part of unit) locatedIn(text, part, () => runs.run(part, part === parts.at(-1)));
      }, kind ?? "plain");
    }
    first = end;
  }
}

/** Whether a statement is one of a unit, a unit by itself, or no unit at all. */
function kindOf(language: Language, { text }: ScriptPart): UnitKind | ControlStatement {
  const read = language.read(language.fingerprint(text), text);
  if (read.kind === "control") return read;
  if (read.kind !== "direct" || !read.defines) return "plain";
  return read.isTransaction === true ? "transaction" : "definition";
}
