/**
 * Random Cypher against the binder: queries of any sort, most of which mean nothing, behind clauses that give some of their variables a
 * meaning.
 *
 * 1. A query is bound, or refused with a DatabaseError whose message ends in its position, and openCypher's class and detail.
 * 2. A plan is well formed (test/unit/host/query/binder/plan-check.ts), with literals lifted out of the text and without.
 * 3. Lifting literals does not change what the query means: both plans have the same columns, or both are refused alike.
 */
import { DatabaseError } from "../../host/common/error.ts";
import { printCypher } from "../../host/query/ast/cypher/print.ts";
import { bindCypher } from "../../host/query/binder/cypher/bind.ts";
import { fingerprintCypher, parseCypherFingerprint } from "../../host/query/parser/cypher/fingerprint.ts";
import { parseCypher } from "../../host/query/parser/cypher/parse.ts";
import type { LogicalPlan } from "../../host/query/plan/operator.ts";
import { printPlan } from "../../host/query/plan/print.ts";
import { formatType } from "../../host/query/type/name.ts";
import { CypherGenerator } from "../support/cypher-generator.ts";
import { createRandom } from "../support/random.ts";
import { fakeCatalog } from "../unit/host/query/binder/fake-catalog.ts";
import { planProblem } from "../unit/host/query/binder/plan-check.ts";

const SURROUNDINGS = { catalog: fakeCatalog(), functions: undefined };
const MESSAGE = / at line \d+:\d+ \[[A-Za-z]+: [A-Za-z]+\]$/;
const REFUSED = "refused: ";

/** All names of the generator are values, of which nothing is known before the execution. */
const ANYTHING = `WITH ${["a", "b", "n", "r", "Name", "größe", "`my node`", "`ti``ck`", "``", "index", "call"].map((name) => `$x AS ${name}`).join(", ")} `;

/** What may stand in front of a query. */
const KNOWN = [
  "",
  ANYTHING,
  ANYTHING,
  "WITH $x AS a, [1, 'x', null] AS b, {name: 1} AS n, 1.5 AS r, 'x' AS Name ",
  "MATCH (n)-[r]->(b) WITH n, r, b, n.name AS a, 1 AS Name, [n, 1] AS größe ",
  "UNWIND [1, 2] AS a OPTIONAL MATCH p = (n)-[*]->(b) WITH a, n, b, p AS `my node`, 1 AS r, p AS Name ",
] as const;

export function fuzzCypherBinder(seed: number, steps: number): void {
  const random = createRandom(seed);
  const generator = new CypherGenerator(random);
  for (let step = 0; step < steps; step++) {
    const text = `${KNOWN[step % KNOWN.length]}${printCypher(generator.query(random.below(4)))}`;
    const plain = outcome(text, false);
    const lifted = outcome(text, true);
    if (plain !== lifted) throw new Error(`step ${step}: with literals ${plain}, lifted ${lifted}: ${JSON.stringify(text)}`);
  }
}

/** The columns of the plan, or the message of the error. */
function outcome(text: string, lifted: boolean): string {
  try {
    const plan = bind(text, lifted);
    const problem = planProblem(plan);
    if (problem !== undefined) throw new Error(`${problem}\n${printPlan(plan)}`);
    return plan.output.map(({ name, type }) => `${name} ${formatType(type)}`).join(", ");
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw new Error(`${String(error)}: ${JSON.stringify(text)}`, { cause: error });
    if (!MESSAGE.test(error.message)) throw new Error(`no position: ${error.message}: ${JSON.stringify(text)}`, { cause: error });
    return `${REFUSED}${error.message}`;
  }
}

function bind(text: string, lifted: boolean): LogicalPlan {
  const statement = lifted ? parseCypherFingerprint(fingerprintCypher(text)) : parseCypher(text);
  if (statement.kind !== "ParsedCypherQuery") throw new Error("this is no query");
  return bindCypher(statement, text, SURROUNDINGS);
}
