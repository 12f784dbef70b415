/**
 * From parse tree to AST: SHOW, which is a query of what procedures tell (function/cypher/procedure.ts).
 *
 *   SHOW INDEXES YIELD name, type WHERE name = 'n'
 *
 * becomes
 *
 *   CALL db.indexes() YIELD name, label, properties WITH name, 'ONLINE' AS state, ... WITH name, type WHERE name = 'n' RETURN name, type
 *
 * Columns are Neo4j's (Cypher Manual, "SHOW INDEXES" and its like) as far as there is something to say. There are no constraints, so SHOW
 * CONSTRAINTS has columns and no rows.
 */
import type { ShowStatementContext } from "../../../../../grammar/generated/CypherParser.ts";
import type { CypherExpression } from "../../../ast/cypher/expression.ts";
import type { ParsedClause, ParsedCypherQuery, ParsedProjection, ParsedProjectionItem } from "../../../ast/cypher/query.ts";
import type { ParsedName } from "../../../ast/name.ts";
import { firstToken, positionOf } from "../../tree.ts";
import { buildOptional } from "./expression.ts";
import { errorAt, nameOf, unexpectedToken } from "./names.ts";
import { buildProjection, buildReturn } from "./projection.ts";

/** What a column is: what the procedure yields under that name, or an expression of it. */
type ColumnMaker = (make: Maker) => CypherExpression;

interface Shown {
  /** A call without arguments, and what it yields; undefined: there are no rows. */
  readonly call: readonly [procedure: string, yields: readonly string[]] | undefined;
  /** In the order in which they are shown; undefined: the procedure's column of that name. */
  readonly columns: readonly (readonly [name: string, make?: ColumnMaker])[];
  /** Words that may stand in front. */
  readonly kinds: ReadonlySet<string>;
  /** Those of them that say what is in a column. */
  readonly kindColumn?: string;
}

const INDEXES: Shown = {
  call: ["db.indexes", ["name", "label", "properties"]],
  columns: [
    ["name"],
    ["state", ({ text }) => text("ONLINE")],
    ["populationPercent", ({ number }) => number("100.0")],
    ["type", ({ text }) => text("RANGE")],
    ["entityType", ({ text }) => text("NODE")],
    ["labelsOrTypes", ({ list, variable }) => list([variable("label")])],
    ["properties"],
    ["owningConstraint", ({ missing }) => missing()],
  ],
  kinds: new Set(["FULLTEXT", "LOOKUP", "POINT", "RANGE", "TEXT", "VECTOR"]),
  kindColumn: "type",
};

const NO_VALUE: ColumnMaker = ({ missing }) => missing();

const CONSTRAINTS: Shown = {
  call: undefined,
  columns: ["name", "type", "entityType", "labelsOrTypes", "properties", "ownedIndex"].map((name) => [name, NO_VALUE] as const),
  kinds: new Set(["EXIST", "EXISTENCE", "KEY", "NODE", "PROPERTY", "REL", "RELATIONSHIP", "TYPE", "UNIQUE", "UNIQUENESS"]),
};

const PROCEDURES: Shown = {
  call: ["dbms.procedures", ["name", "signature", "description"]],
  columns: [["name"], ["description"], ["signature"]],
  kinds: new Set(),
};

const FUNCTIONS: Shown = { call: ["dbms.functions", ["name", "signature"]], columns: [["name"], ["signature"]], kinds: new Set() };

const SHOWN: ReadonlyMap<string, Shown> = new Map([
  ["INDEX", INDEXES],
  ["INDEXES", INDEXES],
  ["CONSTRAINT", CONSTRAINTS],
  ["CONSTRAINTS", CONSTRAINTS],
  ["PROCEDURE", PROCEDURES],
  ["PROCEDURES", PROCEDURES],
  ["FUNCTION", FUNCTIONS],
  ["FUNCTIONS", FUNCTIONS],
]);

export function buildShow(context: ShowStatementContext): ParsedCypherQuery {
  const position = positionOf(context);
  const words = context.showWord().map(firstToken);
  const last = words.at(-1)!;
  const shown = SHOWN.get(last.text.toUpperCase());
  if (shown === undefined) {
    const what = words.map(({ text }) => text.toUpperCase()).join(" ");
    throw errorAt("NotSupported", `SHOW ${what} is not supported`, words[0]!);
  }
  const kinds = words.slice(0, -1).filter(({ text }) => text.toUpperCase() !== "ALL");
  const unknown = kinds.find(({ text }) => !shown.kinds.has(text.toUpperCase()));
  if (unknown !== undefined) throw unexpectedToken(unknown);
  const make = new Maker(position);
  const [kind] = shown.kindColumn === undefined ? [] : kinds;
  const ofKind = kind && make.equal(shown.kindColumn!, kind.text.toUpperCase());
  const clauses = [...rowsOf(shown, make), make.projected(columnsOf(shown, make), ofKind), ...chosen(context, shown, make)];
  return { kind: "ParsedCypherQuery", position, parts: [{ kind: "ParsedSingleQuery", position, clauses }], all: false };
}

function rowsOf({ call }: Shown, make: Maker): readonly ParsedClause[] {
  const { position } = make;
  if (call === undefined) return [{ kind: "ParsedUnwind", position, list: make.list([]), variable: make.name("none") }];
  const [procedure, yields] = call;
  return [
    {
      kind: "ParsedProcedureCall",
      position,
      names: procedure.split(".").map((name) => make.name(name)),
      arguments: [],
      yields: yields.map((name) => ({ kind: "ParsedYield", position, name: make.name(name), alias: undefined })),
      where: undefined,
    },
  ];
}

function columnsOf({ columns }: Shown, make: Maker): readonly ParsedProjectionItem[] {
  return columns.map(([name, value]) => make.item(name, value?.(make) ?? make.variable(name)));
}

/** YIELD, WHERE and RETURN. */
function chosen(context: ShowStatementContext, shown: Shown, make: Maker): readonly ParsedClause[] {
  const where = buildOptional(context._where);
  const yields = context.projection();
  const all = shown.columns.map(([name]) => name);
  if (!yields) return [...(where === undefined ? [] : [make.projected("ALL", where)]), make.returned(all)];
  const projection = buildProjection(yields);
  // Only columns can be yielded.
  const other = yields.projectionItem().find((_, at) => projection.items[at]!.value.kind !== "ParsedVariable");
  if (other !== undefined) throw unexpectedToken(firstToken(other));
  const { position } = make;
  const result = context.returnClause();
  const names = [...(projection.star ? all : []), ...projection.items.map(({ name }) => name)];
  return [{ kind: "ParsedWithClause", position, projection, where }, result ? buildReturn(result) : make.returned(names)];
}

/** Nodes of the AST that nobody has written: all stand where the statement begins. */
class Maker {
  readonly position: number;

  constructor(position: number) {
    this.position = position;
  }

  name(text: string): ParsedName {
    return { kind: "ParsedName", position: this.position, text, folded: text.toLowerCase(), quoted: true };
  }

  readonly variable = (name: string): CypherExpression => ({ kind: "ParsedVariable", position: this.position, name: this.name(name) });

  readonly text = (value: string): CypherExpression => ({ kind: "ParsedString", position: this.position, value, slot: -1 });

  readonly number = (text: string): CypherExpression => {
    return { kind: "ParsedNumber", position: this.position, text, negative: false, slot: -1 };
  };

  readonly list = (items: readonly CypherExpression[]): CypherExpression => ({ kind: "ParsedList", position: this.position, items });

  readonly missing = (): CypherExpression => ({ kind: "ParsedNull", position: this.position });

  equal(column: string, value: string): CypherExpression {
    return { kind: "ParsedBinary", position: this.position, operator: "=", left: this.variable(column), right: this.text(value) };
  }

  item(name: string, value: CypherExpression): ParsedProjectionItem {
    return { kind: "ParsedProjectionItem", position: this.position, value, alias: this.name(name), name };
  }

  projected(items: readonly ParsedProjectionItem[] | "ALL", where: CypherExpression | undefined): ParsedClause {
    return { kind: "ParsedWithClause", position: this.position, projection: this.#projection(items), where };
  }

  returned(names: readonly string[]): ParsedClause {
    const items = names.map((name) => this.item(name, this.variable(name)));
    return { kind: "ParsedReturnClause", position: this.position, projection: this.#projection(items) };
  }

  #projection(items: readonly ParsedProjectionItem[] | "ALL"): ParsedProjection {
    const star = items === "ALL";
    return {
      kind: "ParsedProjection",
      position: this.position,
      distinct: false,
      star,
      items: star ? [] : items,
      orderBy: [],
      skip: undefined,
      limit: undefined,
    };
  }
}
