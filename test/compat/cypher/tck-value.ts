/**
 * Values as one text each, equal for equal values: read from the notation of the kit's tables, and from replies of CYPHER.QUERY (RESP3).
 *
 * `1` is an INTEGER, `f1` a FLOAT (14 digits count), texts stand in quotes, names in maps and labels are sorted, relationships of paths
 * point as they do. Temporal values are the texts that they print as, as in the kit.
 */
import type { Reply } from "../../support/reply.ts";

const DIGITS = 14;

/** How lists are compared: in order, or as bags. */
export interface ValueOptions {
  readonly anyOrder: boolean;
}

function floatText(value: number): string {
  return Number.isFinite(value) ? `f${Number(value.toPrecision(DIGITS)) + 0}` : `f${value}`;
}

function listText(items: string[], { anyOrder }: ValueOptions): string {
  return `[${(anyOrder ? items.sort() : items).join(",")}]`;
}

function mapText(entries: readonly (readonly [string, string])[]): string {
  return `{${entries
    .map(([name, value]) => `${JSON.stringify(name)}:${value}`)
    .sort()
    .join(",")}}`;
}

function nodeText(labels: readonly string[], properties: string): string {
  return `(${[...labels]
    .sort()
    .map((label) => `:${label}`)
    .join("")}${properties})`;
}

// The kit's notation --------------------------------------------------------------------------------------------------------

/** The text of a value of a table. Throws an Error where it cannot be read. */
export function expectedText(source: string, options: ValueOptions): string {
  const reader = new Notation(source, options);
  return reader.whole();
}

/** A parameter of the kit as JSON text. */
export function parameterJson(source: string): string {
  return new Notation(source, { anyOrder: false }, true).whole();
}

class Notation {
  readonly #source: string;
  readonly #options: ValueOptions;
  readonly #asJson: boolean;
  #at = 0;

  constructor(source: string, options: ValueOptions, asJson = false) {
    this.#source = source;
    this.#options = options;
    this.#asJson = asJson;
  }

  whole(): string {
    const text = this.#value();
    this.#blanks();
    if (this.#at < this.#source.length) throw this.#wrong();
    return text;
  }

  #wrong(): Error {
    return new Error(`cannot read ${this.#source} at ${this.#at}`);
  }

  #blanks(): void {
    while (/\s/.test(this.#source[this.#at] ?? "")) this.#at++;
  }

  #sees(text: string): boolean {
    this.#blanks();
    return this.#source.startsWith(text, this.#at);
  }

  #takes(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) throw this.#wrong();
  }

  #match(pattern: RegExp): string {
    this.#blanks();
    const found = pattern.exec(this.#source.slice(this.#at))?.[0];
    if (found === undefined) throw this.#wrong();
    this.#at += found.length;
    return found;
  }

  #value(): string {
    if (this.#sees("'")) return JSON.stringify(this.#string());
    if (this.#sees("{")) return this.#map();
    if (this.#sees("(")) return this.#node();
    if (this.#sees("<")) return this.#path();
    if (this.#sees("[")) return /^\[\s*:/.test(this.#source.slice(this.#at)) ? this.#relationship() : this.#list();
    const word = this.#match(/^(true|false|null|NaN|-?Inf|-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)/);
    if (word === "true" || word === "false" || word === "null") return word;
    if (this.#asJson) return word;
    if (word === "NaN") return floatText(Number.NaN);
    if (word.endsWith("Inf")) return floatText(word.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    return /[.eE]/.test(word) ? floatText(Number(word)) : String(BigInt(word));
  }

  #string(): string {
    this.#expect("'");
    let text = "";
    for (; this.#source[this.#at] !== "'"; this.#at++) {
      if (this.#at >= this.#source.length) throw this.#wrong();
      if (this.#source[this.#at] === "\\") this.#at++;
      text += this.#source[this.#at];
    }
    this.#at++;
    return text;
  }

  #name(): string {
    if (this.#sees("`")) return this.#match(/^`[^`]*`/).slice(1, -1);
    return this.#match(/^[\p{L}\p{N}_$]+/u);
  }

  #map(): string {
    const entries: (readonly [string, string])[] = [];
    this.#expect("{");
    while (!this.#takes("}")) {
      const name = this.#name();
      this.#expect(":");
      entries.push([name, this.#value()]);
      this.#takes(",");
    }
    return mapText(entries);
  }

  #list(): string {
    const items: string[] = [];
    this.#expect("[");
    while (!this.#takes("]")) {
      items.push(this.#value());
      this.#takes(",");
    }
    return listText(items, this.#options);
  }

  #node(): string {
    const labels: string[] = [];
    this.#expect("(");
    while (this.#takes(":")) labels.push(this.#name());
    const properties = this.#sees("{") ? this.#map() : "{}";
    this.#expect(")");
    return nodeText(labels, properties);
  }

  #relationship(): string {
    this.#expect("[");
    this.#expect(":");
    const type = this.#name();
    const properties = this.#sees("{") ? this.#map() : "{}";
    this.#expect("]");
    return `[:${type}${properties}]`;
  }

  #path(): string {
    this.#expect("<");
    let text = this.#node();
    while (!this.#takes(">")) {
      const isBackward = this.#takes("<-");
      if (!isBackward) this.#expect("-");
      const relationship = this.#relationship();
      this.#expect(isBackward ? "-" : "->");
      text += `${isBackward ? "<" : ">"}${relationship}${this.#node()}`;
    }
    return `<${text}>`;
  }
}

// Replies --------------------------------------------------------------------------------------------------------------------

/** The text of a value of a reply. Throws an Error for what is no value of Cypher. */
export function replyText(reply: Reply, options: ValueOptions): string {
  switch (reply.kind) {
    case "null":
      return "null";
    case "boolean":
      return reply.text === "t" ? "true" : "false";
    case "integer":
      return reply.text;
    case "double":
      return floatText(Number(reply.text.replace("inf", "Infinity").replace("nan", "NaN")));
    case "bulk":
      return JSON.stringify(readText(reply.text));
    case "array":
      return listText(
        reply.items.map((item) => replyText(item, options)),
        options,
      );
    case "map":
      return mapOrEntity(fieldsOf(reply), options);
    default:
      throw new Error(`a reply of kind ${reply.kind} is no value of Cypher`);
  }
}

/** The text of bytes as replies of the tests hold them, one character a byte. */
export function readText(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

export type ReplyFields = ReadonlyMap<string, Reply>;

/** Values of a map by name. */
export function fieldsOf(reply: Reply | undefined): ReplyFields {
  const fields = new Map<string, Reply>();
  if (reply?.kind !== "map") return fields;
  for (let at = 0; at + 1 < reply.items.length; at += 2) fields.set(plain(reply.items[at]), reply.items[at + 1] as Reply);
  return fields;
}

export function itemsOf(reply: Reply | undefined): readonly Reply[] {
  return reply?.kind === "array" ? reply.items : [];
}

function plain(reply: Reply | undefined): string {
  return reply !== undefined && "text" in reply ? readText(reply.text) : "";
}

function mapOrEntity(fields: ReplyFields, options: ValueOptions): string {
  const properties = (): string => propertiesText(fields.get("properties"), options);
  switch (plain(fields.get("$"))) {
    case "node":
      return nodeText(itemsOf(fields.get("labels")).map(plain), properties());
    case "rel":
      return `[:${plain(fields.get("type"))}${properties()}]`;
    case "path":
      return pathText(fields, options);
    case "temporal":
      return JSON.stringify(plain(fields.get("value")));
    default:
      return mapText([...fields].map(([name, value]) => [name, replyText(value, options)] as const));
  }
}

function propertiesText(reply: Reply | undefined, options: ValueOptions): string {
  return mapText([...fieldsOf(reply)].map(([name, value]) => [name, replyText(value, options)] as const));
}

function pathText(fields: ReplyFields, options: ValueOptions): string {
  const nodes = itemsOf(fields.get("nodes"));
  const relationships = itemsOf(fields.get("rels"));
  const parts = nodes.map((node, at) => {
    const relationship = relationships[at];
    if (relationship === undefined) return replyText(node, options);
    const isForward = plain(fieldsOf(relationship).get("start")) === plain(fieldsOf(node).get("id"));
    return `${replyText(node, options)}${isForward ? ">" : "<"}${replyText(relationship, options)}`;
  });
  return `<${parts.join("")}>`;
}
