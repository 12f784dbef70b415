/**
 * The notation in which the command table describes arguments, and its reader.
 *
 *   syntax  := item (blank item)*
 *   item    := part "..."?                        several times
 *   part    := TOKEN | TOKEN value                a keyword, or a value announced by one
 *            | value
 *   value   := name (":" type)? | group
 *   group   := "(" (name ":")? body ")"           items that belong together, or alternatives
 *            | "[" (name ":")? body "]"           the same, and may be left out
 *   body    := syntax ("|" syntax)*
 *
 * A TOKEN is in upper case, a name in lower case. Types are key, string, integer, double, pattern and unix-time; without one,
 * a value named `key` or `pattern` has that type, `unix-time-...` is a unix-time, `seconds` and `milliseconds` are integers,
 * and everything else a string. A group of one item without a name is that item.
 */
import { DatabaseError } from "../common/error.ts";

export type ArgumentType = "key" | "string" | "integer" | "double" | "pattern" | "unix-time" | "pure-token" | "oneof" | "block";

export interface ArgumentNode {
  readonly name: string;
  readonly type: ArgumentType;
  readonly token?: string;
  readonly optional: boolean;
  readonly multiple: boolean;
  /** Items of a block, alternatives of a oneof. */
  readonly children: readonly ArgumentNode[];
}

const VALUE_TYPES: readonly string[] = ["key", "string", "integer", "double", "pattern", "unix-time"];
const TOKEN = /^[A-Z][A-Z0-9-]*$/;
const GROUP_NAME = /^([a-z_0-9-]+):/;

/** Reads a description of arguments. Throws INTERNAL when it breaks the notation. */
export function parseSyntax(syntax: string): readonly ArgumentNode[] {
  const items = split(syntax, " ");
  const nodes: ArgumentNode[] = [];
  for (let index = 0; index < items.length; index++) {
    const item = items[index] ?? "";
    const following = items[index + 1];
    if (TOKEN.test(item) && following !== undefined && !TOKEN.test(following) && !following.startsWith("[")) {
      nodes.push({ ...parsePart(following), token: item });
      index++;
    } else nodes.push(parsePart(item));
  }
  return nodes;
}

/** A description of arguments for people: without the names of groups and the types of values. */
export function plainSyntax(syntax: string): string {
  return parseSyntax(syntax).map(plainItem).join(" ");
}

function plainItem(node: ArgumentNode): string {
  const children = node.children.map(plainItem).join(node.type === "oneof" ? "|" : " ");
  const value = node.children.length > 0 ? children : node.name;
  const bare = node.type === "pure-token" ? (node.token ?? node.name) : node.token === undefined ? value : announced(node, value);
  if (node.optional) return `[${bare}${node.multiple ? " ..." : ""}]`;
  const grouped = node.children.length > 0 && node.token === undefined && (node.type === "oneof" || node.multiple) ? `(${bare})` : bare;
  return node.multiple ? `${grouped} [${grouped} ...]` : grouped;
}

/** A value behind its keyword. */
function announced(node: ArgumentNode, value: string): string {
  return `${node.token} ${node.type === "oneof" ? `(${value})` : value}`;
}

function parsePart(item: string): ArgumentNode {
  if (item.endsWith("...")) return { ...parsePart(item.slice(0, -3)), multiple: true };
  if (item.startsWith("[")) return { ...parseGroup(inner(item, "]")), optional: true };
  if (item.startsWith("(")) return parseGroup(inner(item, ")"));
  if (TOKEN.test(item)) return leaf(item.toLowerCase(), "pure-token", item);
  const colon = item.lastIndexOf(":");
  const type = item.slice(colon + 1);
  return colon > 0 && VALUE_TYPES.includes(type) ? leaf(item.slice(0, colon), type as ArgumentType) : leaf(item, typeOf(item));
}

function parseGroup(body: string): ArgumentNode {
  const match = GROUP_NAME.exec(body);
  const named = match?.[1] !== undefined && !VALUE_TYPES.includes(body.slice(match[0].length).replace(/\.\.\.$/, ""));
  const content = named && match ? body.slice(match[0].length) : body;
  const alternatives = split(content, "|");
  if (alternatives.length > 1) return group(named && match ? match[1] : undefined, "oneof", alternatives.map(parseAlternative));
  const items = parseSyntax(content);
  const [only] = items;
  if (!named && items.length === 1 && only !== undefined) return only;
  return group(named && match ? match[1] : undefined, "block", items);
}

function parseAlternative(alternative: string): ArgumentNode {
  const items = parseSyntax(alternative);
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : group(undefined, "block", items);
}

function group(name: string | undefined, type: "oneof" | "block", children: readonly ArgumentNode[]): ArgumentNode {
  return { name: name ?? children[0]?.name ?? "", type, optional: false, multiple: false, children };
}

function leaf(name: string, type: ArgumentType, token?: string): ArgumentNode {
  if (name === "" || /[[\]()|]/.test(name)) throw new DatabaseError("INTERNAL", `the syntax item "${name}" cannot be read`);
  return { name, type, optional: false, multiple: false, children: [], ...(token === undefined ? {} : { token }) };
}

function typeOf(name: string): ArgumentType {
  if (name === "key" || name === "pattern") return name;
  if (name.startsWith("unix-time")) return "unix-time";
  return name === "seconds" || name === "milliseconds" ? "integer" : "string";
}

/** What stands between a bracket at the start and its partner at the end. */
function inner(item: string, closing: string): string {
  if (!item.endsWith(closing)) throw new DatabaseError("INTERNAL", `the syntax group "${item}" is not closed`);
  return item.slice(1, -1);
}

/** Splits at a separator outside of brackets. */
function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text.charAt(at);
    if (character === "(" || character === "[") depth++;
    else if (character === ")" || character === "]") depth--;
    else if (at === text.length || (character === separator && depth === 0)) {
      if (at > start) parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  if (depth !== 0) throw new DatabaseError("INTERNAL", `the brackets of "${text}" do not match`);
  return parts;
}
