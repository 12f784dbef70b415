/**
 * From parse tree to AST: SHOW, which is a query of what procedures tell (function/cypher/procedure.ts).
 *
 *   SHOW INDEXES YIELD name, type WHERE name = 'n'
 *
 * becomes
 *
 *   CALL db.indexes() YIELD name, label, properties WITH name, 'ONLINE' AS state, ... WITH name, type WHERE name = 'n' RETURN name, type
 *
 * Columns are Neo4j's (Cypher Manual, "SHOW INDEXES" and its like) as far as there is something to say.
 */
import type { ShowStatementContext } from "../../../../../grammar/generated/CypherParser.ts";
import type { CypherExpression } from "../../../ast/cypher/expression.ts";
import type { ParsedClause, ParsedCypherQuery, ParsedProjection, ParsedProjectionItem } from "../../../ast/cypher/query.ts";
import type { ParsedName } from "../../../ast/name.ts";
import { firstToken, positionOf } from "../../tree.ts";
import { buildOptional } from "./expression.ts";
import { errorAt, unexpectedToken } from "./names.ts";
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
  /** What is in that column by these words; otherwise the first of them. */
  readonly kindOf?: (words: ReadonlySet<string>) => string;
}

const INDEXES: Shown = {
  call: ["db.indexes", ["name", "label", "properties", "owningConstraint"]],
  columns: [
    ["name"],
    ["state", ({ text }) => text("ONLINE")],
    ["populationPercent", ({ number }) => number("100.0")],
    ["type", ({ text }) => text("RANGE")],
    ["entityType", ({ text }) => text("NODE")],
    ["labelsOrTypes", ({ list, variable }) => list([variable("label")])],
    ["properties"],
    ["owningConstraint"],
  ],
  kinds: new Set(["FULLTEXT", "LOOKUP", "POINT", "RANGE", "TEXT", "VECTOR"]),
  kindColumn: "type",
};

/** There are none of relationships and of types of properties, whose names are in no row. */
function constraintType(words: ReadonlySet<string>): string {
  const entity = words.has("REL") || words.has("RELATIONSHIP") ? "RELATIONSHIP" : "NODE";
  if (words.has("KEY")) return `${entity}_KEY`;
  if (words.has("UNIQUE") || words.has("UNIQUENESS")) return entity === "NODE" ? "UNIQUENESS" : "RELATIONSHIP_UNIQUENESS";
  return words.has("TYPE") ? `${entity}_PROPERTY_TYPE` : `${entity}_PROPERTY_EXISTENCE`;
}

const CONSTRAINTS: Shown = {
  call: ["db.constraints", ["name", "type", "label", "properties"]],
  columns: [
    ["name"],
    ["type"],
    ["entityType", ({ text }) => text("NODE")],
    ["labelsOrTypes", ({ list, variable }) => list([variable("label")])],
    ["properties"],
    ["ownedIndex", ({ variable }) => variable("name")],
  ],
  kinds: new Set(["EXIST", "EXISTENCE", "KEY", "NODE", "PROPERTY", "REL", "RELATIONSHIP", "TYPE", "UNIQUE", "UNIQUENESS"]),
  kindColumn: "type",
  kindOf: constraintType,
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
  const shownWords = context.showWord().map(firstToken);
  const last = shownWords.at(-1)!;
  const shown = SHOWN.get(last.text.toUpperCase());
  if (shown === undefined) {
    const what = shownWords.map(({ text }) => text.toUpperCase()).join(" ");
    throw errorAt("NotSupported", `SHOW ${what} is not supported`, shownWords[0]!);
  }
  const kinds = shownWords.slice(0, -1).filter(({ text }) => text.toUpperCase() !== "ALL");
  const unknown = kinds.find(({ text }) => !shown.kinds.has(text.toUpperCase()));
  if (unknown !== undefined) throw unexpectedToken(unknown);
  const make = new Maker(position);
  const [kind] = shown.kindColumn === undefined ? [] : kinds;
  const words = new Set(kinds.map(({ text }) => text.toUpperCase()));
  const ofKind = kind && make.equal(shown.kindColumn!, shown.kindOf?.(words) ?? kind.text.toUpperCase());
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
    return { kind: "ParsedName", position: this.position, text, folded: text, quoted: true };
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
