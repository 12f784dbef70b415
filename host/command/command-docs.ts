/**
 * COMMAND DOCS: summary, group, arguments and subcommands of a command.
 */
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { type ArgumentNode, parseSyntax } from "./syntax.ts";
import { fullName, type PlacedRow } from "./table.ts";
import type { CommandRow } from "./table-types.ts";

/** A field of a map: its name, and what writes its value. */
type Field = readonly [name: string, write: () => void];

/** Writes the full name of a command, and the map that documents it. */
export function writeDocumentation({ row, parent }: PlacedRow, reply: ReplyWriter): void {
  reply.bulk(fullName(row, parent));
  writeMap(documentFields(row, reply), reply);
}

function documentFields(row: CommandRow, reply: ReplyWriter): readonly Field[] {
  const bulk = (name: string, value: string): Field => [name, () => reply.bulk(value)];
  const flags = [...(row.deprecated === undefined ? [] : ["deprecated"]), ...(row.documentFlags ?? [])];
  const syntax = parseSyntax(row.syntax);
  const fields: Field[] = [
    bulk("summary", row.summary),
    bulk("since", row.since),
    bulk("group", row.group),
    bulk("complexity", row.complexity),
  ];
  if (flags.length > 0) fields.push(["doc_flags", () => writeFlags(flags, reply)]);
  if (row.deprecated !== undefined) {
    fields.push(bulk("deprecated_since", row.deprecated.since), bulk("replaced_by", row.deprecated.replacedBy));
  }
  if (syntax.length > 0) fields.push(["arguments", () => writeArguments(syntax, row.keys.length, reply)]);
  if (row.subcommands.length > 0) {
    fields.push([
      "subcommands",
      () => {
        reply.map(row.subcommands.length);
        for (const subcommand of row.subcommands) writeDocumentation({ row: subcommand, parent: row }, reply);
      },
    ]);
  }
  return fields;
}

/** Key arguments take the key specs in order; those beyond the last spec share it. */
function writeArguments(nodes: readonly ArgumentNode[], keySpecs: number, reply: ReplyWriter): void {
  let nextKey = 0;
  const write = (node: ArgumentNode): void => {
    const fields: Field[] = [
      ["name", () => reply.bulk(node.name)],
      ["type", () => reply.bulk(node.type)],
    ];
    if (node.type === "key" && keySpecs > 0) {
      const spec = Math.min(nextKey++, keySpecs - 1);
      fields.push(["key_spec_index", () => reply.integer(spec)]);
    }
    const { token } = node;
    if (token !== undefined) fields.push(["token", () => reply.bulk(token)]);
    const flags = [...(node.optional ? ["optional"] : []), ...(node.multiple ? ["multiple"] : [])];
    if (flags.length > 0) fields.push(["flags", () => writeFlags(flags, reply)]);
    if (node.children.length > 0) fields.push(["arguments", () => writeAll(node.children)]);
    writeMap(fields, reply);
  };
  const writeAll = (list: readonly ArgumentNode[]): void => {
    reply.array(list.length);
    for (const node of list) write(node);
  };
  writeAll(nodes);
}

function writeMap(fields: readonly Field[], reply: ReplyWriter): void {
  reply.map(fields.length);
  for (const [name, write] of fields) {
    reply.bulk(name);
    write();
  }
}

function writeFlags(flags: readonly string[], reply: ReplyWriter): void {
  reply.set(flags.length);
  for (const flag of flags) reply.simple(flag);
}
