/**
 * Columns by name, paths below them, and stars.
 *
 * A path of a document's fields becomes one scan column; a path below any other dynamic or JSON value is `BoundField`s.
 */
import type { ParsedName, ParsedNames } from "../ast/name.ts";
import type { BoundExpression } from "../plan/expression.ts";
import { plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import {
  columnOf,
  type Found,
  type FoundSource,
  findColumn,
  findInOpen,
  findInSchema,
  findInSource,
  findSource,
  isField,
  knownNames,
  type Level,
  matchName,
  outOfReach,
  PROPERTIES,
  reach,
  readField,
  readScan,
  type Source,
} from "./scope.ts";

/** Most columns of a select list, as in PostgreSQL. */
export const COLUMNS_MAX = 1664;

export interface NamedExpression {
  readonly expression: BoundExpression;
  readonly name: string;
}

/** `a`, `t.a`, `a.b.c`, `t.a.b`, `s.t.a`, or a whole row `t`. */
export function bindColumn(binding: Binding, level: Level, names: ParsedNames, position: number): NamedExpression {
  const [first, ...rest] = names as [ParsedName, ...ParsedName[]];
  if (rest.length > 0) {
    const qualified = bindQualified(binding, level, first, rest, position);
    if (qualified !== undefined) return qualified;
  }
  const known = findColumn(binding, level, first);
  if (known !== undefined) return read(binding, level, known, rest, position, first, first);
  const source = rest.length === 0 ? findSource(binding, level, first) : undefined;
  if (source !== undefined) return { expression: binding.at(readRow(binding, level, source, first), position), name: source.source.alias! };
  refuseOutOfReach(binding, level, first, rest);
  const field = findInOpen(binding, level, first);
  if (field !== undefined) return read(binding, level, field, rest, position, first, first);
  if (rest.length > 0) throw missingTable(binding, first);
  throw binding.error("42703", `column "${first.folded}" does not exist`, position);
}

function bindQualified(
  binding: Binding,
  level: Level,
  first: ParsedName,
  rest: readonly ParsedName[],
  position: number,
): NamedExpression | undefined {
  const [second, third] = rest as [ParsedName, ParsedName?];
  let found = findSource(binding, level, first);
  let [column, ...path] = rest as [ParsedName, ...ParsedName[]];
  if (found === undefined && third !== undefined) {
    found = findInSchema(level, first, second);
    if (found !== undefined) [, column, ...path] = rest as [ParsedName, ParsedName, ...ParsedName[]];
  }
  if (found === undefined) return undefined;
  const inSource = findInSource(binding, found, column);
  if (inSource !== undefined) return read(binding, level, inSource, path, position, column);
  throw binding.error("42703", `column ${found.source.alias}.${column.folded} does not exist`, position);
}

function refuseOutOfReach(binding: Binding, level: Level, name: ParsedName, rest: readonly ParsedName[]): void {
  const reason = rest.length === 0 ? undefined : outOfReach(level, name);
  if (reason === undefined) return;
  const message = `invalid reference to FROM-clause entry for table "${name.folded}" ${reason}`;
  throw binding.error("42P01", message, name.position);
}

function missingTable(binding: Binding, name: ParsedName): Error {
  return binding.error("42P01", `missing FROM-clause entry for table "${name.folded}"`, name.position);
}

/** The column that was found by `name`, and what lies below it; `first`: nothing stands before it. */
function read(
  binding: Binding,
  level: Level,
  found: Found,
  path: readonly ParsedName[],
  position: number,
  written: ParsedName,
  first?: ParsedName,
): NamedExpression {
  const { source } = found;
  const names = fieldPath(binding, found, path);
  if (names !== undefined) {
    const expression = readField(binding, source.scan!, names);
    reach(binding, level, found.level, expression, position);
    return { expression: binding.at(expression, position), name: names[names.length - 1]! };
  }
  let expression = columnOf(binding, source, found.name)!;
  noteColumn(binding, source, found.name, expression, written);
  reach(binding, level, found.level, expression, position);
  binding.at(expression, position);
  let { name } = found;
  for (const part of path) {
    if (!isDynamic(expression)) throw notComposite(binding, expression, part, first);
    name = part.text;
    expression = binding.at(fieldBelow(binding, level, expression, name), position);
  }
  return { expression, name };
}

/** Tells that a source's column is used, which it shows under a name. */
function noteColumn(binding: Binding, { scan }: Source, shown: string, used: BoundExpression, written: ParsedName | undefined): void {
  binding.noteUse(() => {
    const column = used.kind === "BoundColumn" ? scan?.columns.find((each) => each.column === used.column) : undefined;
    if (scan === undefined || column?.source.kind !== "column") return undefined;
    return { kind: "column", collection: scan.collection, column: column.name, name: column.name === shown ? written : undefined };
  });
}

/** Tells that USING names a column of these sources. */
export function noteMerged(binding: Binding, sources: readonly Source[], name: string): void {
  for (const source of sources) {
    const column = source.columns.find((each) => each.name === name);
    if (column !== undefined) noteColumn(binding, source, name, column.read(), undefined);
  }
}

/** The path of a field of documents, or of properties; undefined: it is a column, and what lies below it is read from its value. */
function fieldPath(binding: Binding, { source, name }: Found, path: readonly ParsedName[]): readonly string[] | undefined {
  if (isField(source, name)) return fieldNames(binding, source.scan!.collection, name, path);
  const [first, ...rest] = path;
  if (source.scan?.entity === undefined || name !== PROPERTIES || first === undefined) return undefined;
  const { names, open } = binding.fields(source.scan.collection, []);
  return fieldNames(binding, source.scan.collection, matchName(names, first) ?? (open ? first.text : first.folded), rest);
}

/** Own names of the fields on a path: by what documents have, where that is known. */
function fieldNames(binding: Binding, collection: string, first: string, path: readonly ParsedName[]): readonly string[] {
  const names = [first];
  for (const part of path) {
    const known = binding.fields(collection, names);
    names.push(matchName(known.names, part) ?? (known.open ? part.text : part.folded));
  }
  return names;
}

function isDynamic({ type }: BoundExpression): boolean {
  return type.name === "any" || type.name === "jsonb" || type.name === "json";
}

/** `a.b` where `a` is a column of another type: PostgreSQL looks for a table `a`. In `t.a.b` it cannot be one. */
function notComposite(binding: Binding, expression: BoundExpression, part: ParsedName, first: ParsedName | undefined): Error {
  if (first !== undefined) return missingTable(binding, first);
  const message = `column notation .${part.folded} applied to type ${expression.type.name}, which is not a composite type`;
  return binding.error("42809", message, part.position);
}

/** A field below a value, by its exact name. */
export function fieldBelow(binding: Binding, level: Level, operand: BoundExpression, name: string): BoundExpression {
  const path = operand.kind === "BoundColumn" ? binding.paths.get(operand.column) : undefined;
  if (path === undefined || operand.kind !== "BoundColumn") return { kind: "BoundField", type: plainType("any"), operand, name };
  const field = readField(binding, path.scan, [...path.names, name]);
  for (let current: Level | undefined = level; current?.outer.has(operand.column); current = current.parent) {
    if (field.kind === "BoundColumn") current.outer.add(field.column);
  }
  return field;
}

/** A whole row: the document. */
function readRow(binding: Binding, level: Level, { source, level: of }: FoundSource, name: ParsedName): BoundExpression {
  if (source.scan?.entity !== undefined) {
    const row = columnOf(binding, source, PROPERTIES)!;
    reach(binding, level, of, row, name.position);
    return row;
  }
  if (source.scan === undefined) throw binding.notSupported(`the row of "${name.folded}" as a value`, name.position);
  const expression = readScan(binding, source.scan, source.alias!, plainType("jsonb"), { kind: "document" });
  reach(binding, level, of, expression, name.position);
  return expression;
}

/** `*` and `t.*`. */
export function expandStar(binding: Binding, level: Level, qualifier: readonly ParsedName[], position: number): NamedExpression[] {
  const last = qualifier[qualifier.length - 1];
  if (last === undefined) {
    if (level.sources.length === 0) throw binding.error("42601", "SELECT * with no tables specified is not valid", position);
    noteStar(binding, qualifier, level.sources);
    return level.sources.flatMap((source) => expandSource(binding, source, source.hidden, position));
  }
  const found = findSource(binding, level, last);
  if (found === undefined) {
    refuseOutOfReach(binding, level, last, [last]);
    throw missingTable(binding, last);
  }
  noteStar(binding, qualifier, [{ ...found.source, hidden: new Set() }]);
  const columns = expandSource(binding, found.source, new Set(), position);
  for (const { expression } of columns) reach(binding, level, found.level, expression, position);
  return columns;
}

function noteStar(binding: Binding, qualifier: readonly ParsedName[], sources: readonly Source[]): void {
  binding.noteUse(() => {
    if (sources.some(({ open }) => open)) return undefined;
    const columns = sources.flatMap(({ alias, columns: own, hidden }) =>
      own.filter(({ name }) => !hidden.has(name)).map(({ name }) => ({ source: alias, name })),
    );
    return { kind: "star", qualifier, columns };
  });
}

/** All columns of a source, in order: of an open one `id` and the fields that its documents have. What only one that is gone had is none of them. */
function expandSource(binding: Binding, source: Source, hidden: ReadonlySet<string>, position: number): NamedExpression[] {
  const hasFields = source.open && source.scan?.entity === undefined;
  if (hasFields && binding.fields(source.scan!.collection, []).open) {
    throw binding.error("54011", `target lists can have at most ${COLUMNS_MAX} entries`, position);
  }
  if (hasFields) {
    const names = presentNames(binding, source).filter((name) => !hidden.has(name));
    return names.map((name) => ({ name, expression: binding.at(columnOf(binding, source, name)!, position) }));
  }
  return source.columns
    .filter(({ name }) => !hidden.has(name))
    .map((column) => {
      const expression = binding.at(column.read(), position);
      noteColumn(binding, source, column.name, expression, undefined);
      return { name: column.name, expression };
    });
}

/** Names of an open source without those that no document has now. The key's part is a column where no document has an `id` too, the first one. */
function presentNames(binding: Binding, source: Source): readonly string[] {
  const present = knownNames(binding, source).filter((name) => !binding.isLacking(source.scan!.collection, name));
  return present.includes("id") ? present : ["id", ...present];
}
