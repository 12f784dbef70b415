/**
 * Help texts of the program, derived from the option table and wrapped at the width of the terminal.
 */
import { OPTION_TABLE, type OptionRow } from "../common/option-table.ts";
import { flagOf, formatOption } from "../common/options.ts";

const WIDTH_DEFAULT = 80;
const WIDTH_MIN = 40;
const INDENT = "      ";

export function helpOverview(): string {
  return `memflux, a multi-model database

  memflux serve [options]             run a server        (memflux help serve)
  memflux cli [options] [command]     talk to a server    (memflux cli --help)
  memflux version
`;
}

/** Breaks a text into lines of at most `width` characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

function placeholder(row: OptionRow): string {
  switch (row.type) {
    case "boolean":
      return "";
    case "choice":
      return ` ${row.choices?.join("|")}`;
    case "text":
    case "limits":
      return " TEXT";
    case "events":
      return " LETTERS";
    default:
      return row.type === "bytes" ? " SIZE" : " N";
  }
}

function describe(row: OptionRow, width: number): string {
  const notes: string[] = [];
  if (row.state === "planned") notes.push("not supported yet");
  else if (row.default !== "") notes.push(`default ${formatOption(row, row.default)}`);
  if (row.runtime) notes.push("also CONFIG SET");
  const text = `${row.help}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`;
  const flag = row.type === "boolean" && row.default === true ? flagOf(row).replace("--", "--[no-]") : flagOf(row);
  return [`  ${flag}${placeholder(row)}`, ...wrap(text, width - INDENT.length).map((line) => INDENT + line)].join("\n");
}

/** Help of `memflux serve`. `columns`: width of the terminal, if there is one. */
export function helpServe(columns: number | undefined): string {
  const width = Math.max(WIDTH_MIN, columns ?? WIDTH_DEFAULT);
  const intro = wrap(
    "Each option is also a variable (MEMFLUX_PORT) and a key of the JSON config file (port). Flags overrule variables, which overrule the file.",
    width,
  );
  const options = OPTION_TABLE.filter((row) => row.state !== "kept").map((row) => describe(row, width));
  const kept = OPTION_TABLE.filter((row) => row.state === "kept").map(flagOf);
  const outro = wrap(`Accepted for programs that were made for Redis, without effect: ${kept.join(" ")}`, width);
  return `memflux serve [options]\n\n${intro.join("\n")}\n\n${options.join("\n")}\n\n${outro.join("\n")}\n`;
}
