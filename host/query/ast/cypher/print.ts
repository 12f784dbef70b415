/**
 * `printCypher`: an AST as Cypher text, for EXPLAIN and tests. Parsing the text gives the same AST, but for positions, slots of literals
 * and the names of columns that have no alias; print-query.ts and print-expression.ts do the parts.
 *
 * Requires: an AST as the parser makes it. Cost: O(nodes); recursion as deep as the AST, which the parser limits.
 */

import type { ParsedName, ParsedNames } from "../name.ts";
import { printCypherName } from "./print-expression.ts";
import { printCypherQuery } from "./print-query.ts";
import type { ParsedCypherStatement, ParsedGraphEntity } from "./statement.ts";

export function printCypher(statement: ParsedCypherStatement): string {
  switch (statement.kind) {
    case "ParsedCypherQuery":
      return printCypherQuery(statement);
    case "ParsedCypherExplain":
      return `${statement.run ? "PROFILE" : "EXPLAIN"} ${printCypher(statement.statement)}`;
    case "ParsedCreateGraphIndex": {
      const properties = printProperties(statement.entity, statement.properties);
      return `CREATE INDEX${printHead(statement.name, statement.ifNotExists)} FOR ${printEntity(statement.entity)} ON (${properties})`;
    }
    case "ParsedCreateGraphConstraint": {
      const properties = printProperties(statement.entity, statement.properties);
      const subject = statement.properties.length === 1 ? properties : `(${properties})`;
      const head = `CREATE CONSTRAINT${printHead(statement.name, statement.ifNotExists)} FOR ${printEntity(statement.entity)}`;
      return `${head} REQUIRE ${subject} IS ${statement.rule}`;
    }
    case "ParsedDropGraphObject":
      return `DROP ${statement.object} ${printCypherName(statement.name)}${statement.ifExists ? " IF EXISTS" : ""}`;
  }
}

function printHead(name: ParsedName | undefined, ifNotExists: boolean): string {
  return (name ? ` ${printCypherName(name)}` : "") + (ifNotExists ? " IF NOT EXISTS" : "");
}

function printEntity({ entity, variable, name }: ParsedGraphEntity): string {
  const inside = `${printCypherName(variable)}:${printCypherName(name)}`;
  return entity === "NODE" ? `(${inside})` : `()-[${inside}]-()`;
}

function printProperties({ variable }: ParsedGraphEntity, properties: ParsedNames): string {
  return properties.map((name) => `${printCypherName(variable)}.${printCypherName(name)}`).join(", ");
}
