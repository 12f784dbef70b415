/**
 * The files of openCypher's Technology Compatibility Kit: Gherkin, of which the kit uses features, backgrounds, scenarios, outlines with
 * examples, texts in triple quotes and tables.
 */

export interface TckStep {
  readonly text: string;
  /** What stands in triple quotes behind it. */
  readonly body: string;
  readonly table: readonly (readonly string[])[];
}

export interface TckScenario {
  /** Name, and number of the example. */
  readonly title: string;
  readonly steps: readonly TckStep[];
}

interface Draft {
  readonly title: string;
  readonly steps: TckStep[];
  readonly examples: string[][][];
}

const STEP = /^(?:Given|When|Then|And|But|\*)\s+(.*)$/;
const SCENARIO = /^Scenario(?: Outline)?:\s*(.*)$/;

/** The scenarios of a file; outlines once for each example. */
export function readFeature(text: string): readonly TckScenario[] {
  const drafts: Draft[] = [];
  let background: Draft = { title: "", steps: [], examples: [] };
  let draft = background;
  let rows: string[][] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] as string).trim();
    const scenario = SCENARIO.exec(line);
    const step = STEP.exec(line);
    if (line.startsWith("Background:")) {
      background = { title: "", steps: [], examples: [] };
      draft = background;
    } else if (scenario !== null) {
      draft = { title: scenario[1] as string, steps: [], examples: [] };
      drafts.push(draft);
    } else if (line.startsWith("Examples:")) {
      rows = [];
      draft.examples.push(rows);
    } else if (line.startsWith('"""')) {
      const indent = (lines[at] as string).indexOf('"""');
      const end = lines.findIndex((other, index) => index > at && other.trim() === '"""');
      const body = lines.slice(at + 1, end).map((each) => each.slice(Math.min(indent, each.length - each.trimStart().length)));
      draft.steps[draft.steps.length - 1] = { ...(draft.steps.at(-1) as TckStep), body: body.join("\n") };
      at = end;
    } else if (line.startsWith("|")) rows.push(cellsOf(line));
    else if (step !== null) {
      rows = [];
      draft.steps.push({ text: step[1] as string, body: "", table: rows });
    }
  }
  return drafts.flatMap((each) => expand(each, background.steps));
}

/** Cells of a row; `\|`, `\\` and `\n` are escapes of Gherkin. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  let cell = "";
  for (let at = 1; at < line.length; at++) {
    const next = line[at + 1] ?? "";
    if (line[at] === "\\" && (next === "|" || next === "\\" || next === "n")) {
      // A backslash stays escaped: the value's own text reads it.
      cell += next === "n" ? "\n" : next === "\\" ? "\\\\" : "|";
      at++;
    } else if (line[at] === "|") {
      cells.push(cell.trim().replaceAll("\\\\", "\\"));
      cell = "";
    } else cell += line[at];
  }
  return cells;
}

function expand({ title, steps, examples }: Draft, background: readonly TckStep[]): readonly TckScenario[] {
  const all = [...background, ...steps];
  if (examples.length === 0) return [{ title, steps: all }];
  let number = 0;
  return examples.flatMap(([names = [], ...rows]) =>
    rows.map((row) => {
      const fill = (text: string): string =>
        text.replace(/<([^<>\n]+)>/g, (whole, name: string) => (names.includes(name) ? (row[names.indexOf(name)] ?? "") : whole));
      const filled = all.map(({ text, body, table }) => ({
        text: fill(text),
        body: fill(body),
        table: table.map((cells) => cells.map(fill)),
      }));
      return { title: `${title} (${++number})`, steps: filled };
    }),
  );
}
