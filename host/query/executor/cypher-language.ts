/**
 * Cypher as a language of the query engine. A text is one statement; parameters are given by name.
 */
import { cypherError } from "../../common/cypher-error.ts";
import type { ParsedCypherQuery } from "../ast/cypher/query.ts";
import type { ParsedCypherDefinition, ParsedCypherStatement } from "../ast/cypher/statement.ts";
import { bindCypher } from "../binder/cypher/bind.ts";
import { type CypherFingerprint, fingerprintCypher, parseCypherFingerprint } from "../parser/cypher/fingerprint.ts";
import { explainPlan } from "./explain.ts";
import type { Language, PlannableStatement, ReadStatement } from "./language.ts";

export const CYPHER: Language = {
  name: "cypher",
  fingerprint: fingerprintCypher,
  read: (print, text) => cypherStatement(parseCypherFingerprint(print as CypherFingerprint), text),
  control: () => undefined,
  split: () => undefined,
};

function cypherStatement(statement: ParsedCypherStatement, text: string): ReadStatement {
  switch (statement.kind) {
    case "ParsedCypherQuery":
      return plannable(statement, text);
    case "ParsedCypherExplain": {
      const { run: analyze, statement: explained } = statement;
      if (explained.kind !== "ParsedCypherQuery") throw notSupported("EXPLAIN of a definition");
      const plan = plannable(explained, text);
      return {
        kind: "direct",
        defines: false,
        run: ({ engine, parameters, options }) => explainPlan(engine, plan, parameters, options, { analyze, json: false }),
      };
    }
    default:
      return definition(statement, text);
  }
}

function plannable(statement: ParsedCypherQuery, text: string): PlannableStatement {
  return { kind: "plannable", bind: (place) => bindCypher(statement, text, place) };
}

function definition(statement: ParsedCypherDefinition, text: string): ReadStatement {
  return {
    kind: "direct",
    defines: true,
    run: ({ engine, options }) => {
      engine.defineGraph(statement, text, options.database);
      return { kind: "other", columns: [], rows: [], affected: undefined };
    },
  };
}

function notSupported(what: string): Error {
  return cypherError("SemanticError", "NotSupported", `${what} is not supported`);
}
