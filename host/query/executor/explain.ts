/**
 * EXPLAIN [ANALYZE] [(FORMAT TEXT | JSON)], and EXPLAIN and PROFILE of Cypher: the optimised plan, one operator a line; with ANALYZE or PROFILE it is run, and each operator
 * tells the rows that it has given and the time until its end, and the last lines how the statement was carried out.
 *
 * Options that concern costs, buffers and the like are taken and change nothing, since there is nothing to say about them.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { ParsedExplain } from "../ast/control.ts";
import type { BoundSubquery } from "../plan/expression.ts";
import type { LogicalOperator } from "../plan/operator.ts";
import { printOperator } from "../plan/print.ts";
import { expressionsOf, inputsOf, visitExpression } from "../plan/walk.ts";
import { plainType } from "../type/type.ts";
import type { Parameters } from "./input.ts";
import type { PlannableStatement } from "./language.ts";
import type { QueryEngine } from "./query-engine.ts";
import type { QueryResult, RunOptions } from "./query-result.ts";
import { plannableSql } from "./sql-language.ts";
import type { PlannedStatement } from "./statement.ts";
import { refuseWrite } from "./transaction-statement.ts";
import { bytesOfText } from "./value.ts";

/** What was seen of an operator while it ran. */
interface Observed {
  rows: number;
  /** How often it was begun: more than once inside of a subquery or a dependent join. */
  loops: number;
  ms: number;
}

export interface ExplainOptions {
  /** Runs it. */
  readonly analyze: boolean;
  readonly json: boolean;
}

const TEXT = plainType("text");

export function runExplain(
  engine: QueryEngine,
  explain: ParsedExplain,
  text: string,
  parameters: Parameters,
  options: RunOptions,
): QueryResult {
  const plannable = plannableSql(explain.statement, text);
  if (plannable === undefined) throw sqlError("0A000", "EXPLAIN of this statement is not supported");
  return explainPlan(engine, plannable, parameters, options, readOptions(explain));
}

/** The plan of a statement of any language. */
export function explainPlan(
  engine: QueryEngine,
  plannable: PlannableStatement,
  parameters: Parameters,
  options: RunOptions,
  chosen: ExplainOptions,
): QueryResult {
  const statement = engine.plan(plannable, options.database, options.settings.disabledRules);
  const { plan } = statement;
  const seen = new Map<LogicalOperator, Observed>();
  let totalMs = 0;
  if (chosen.analyze) {
    if (plan.modifies) refuseWrite("EXPLAIN ANALYZE", options.transaction);
    const begin = engine.monotonicMs();
    analyze(engine, statement, parameters, seen);
    totalMs = engine.monotonicMs() - begin;
  }
  const lines = chosen.json ? [planJson(plan.root, seen, totalMs, chosen)] : planLines(plan.root, seen);
  if (chosen.analyze && !chosen.json) lines.push("Executed by: interpreter", `Execution Time: ${totalMs.toFixed(3)} ms`);
  const rows = lines.map((line) => [bytesOfText(line)]);
  return { kind: "query", columns: [{ name: "QUERY PLAN", type: TEXT }], rows, affected: undefined };
}

/** Runs the plan and counts what each operator gives. */
function analyze(engine: QueryEngine, statement: PlannedStatement, parameters: Parameters, seen: Map<LogicalOperator, Observed>): void {
  const interpreted = statement.observed((operator, run) => {
    const observed: Observed = { rows: 0, loops: 0, ms: 0 };
    seen.set(operator, observed);
    return function* () {
      observed.loops++;
      const steps = run();
      try {
        for (;;) {
          const beganMs = engine.monotonicMs();
          const { done, value } = steps.next();
          observed.ms += engine.monotonicMs() - beganMs;
          if (done === true) return;
          if (value) observed.rows++;
          yield value;
        }
      } finally {
        steps.return();
      }
    };
  });
  interpreted.run(engine.parameterValues(statement, parameters), [], () => true);
}

/** `EXPLAIN ANALYZE`, `EXPLAIN (ANALYZE, FORMAT JSON)`. */
function readOptions({ options }: ParsedExplain): ExplainOptions {
  let isAnalyzed = false;
  let isJson = false;
  for (const { name, value } of options) {
    const word = value?.text.toLowerCase();
    switch (name.folded) {
      case "analyze":
        isAnalyzed = isOn(name.folded, word);
        break;
      case "format":
        if (word !== "text" && word !== "json")
          throw sqlError("22023", `unrecognized value for EXPLAIN option "format": "${value?.text ?? ""}"`);
        isJson = word === "json";
        break;
      case "verbose":
      case "costs":
      case "settings":
      case "buffers":
      case "timing":
      case "summary":
        isOn(name.folded, word);
        break;
      default:
        throw sqlError("42601", `unrecognized EXPLAIN option "${name.text}"`);
    }
  }
  return { analyze: isAnalyzed, json: isJson };
}

function isOn(name: string, word: string | undefined): boolean {
  if (word === undefined || word === "true" || word === "on" || word === "1") return true;
  if (word === "false" || word === "off" || word === "0") return false;
  throw sqlError("42601", `${name} requires a Boolean value`);
}

/** The operator's own line. */
function headOf(operator: LogicalOperator): string {
  return printOperator(operator, { numbers: false }).split("\n", 1)[0] ?? "";
}

function subqueriesOf(operator: LogicalOperator): readonly BoundSubquery[] {
  const found: BoundSubquery[] = [];
  for (const expression of expressionsOf(operator)) {
    visitExpression(expression, (part) => {
      if (part.kind === "BoundSubquery") found.push(part);
    });
  }
  return found;
}

function planLines(root: LogicalOperator, seen: ReadonlyMap<LogicalOperator, Observed>): string[] {
  const lines: string[] = [];
  const add = (operator: LogicalOperator, depth: number): void => {
    lines.push(`${"  ".repeat(depth)}${headOf(operator)}${observation(seen.get(operator))}`);
    for (const [index, { plan }] of subqueriesOf(operator).entries()) {
      lines.push(`${"  ".repeat(depth + 1)}Subquery ${index + 1}`);
      add(plan, depth + 2);
    }
    for (const input of inputsOf(operator)) add(input, depth + 1);
  };
  add(root, 0);
  return lines;
}

function observation(observed: Observed | undefined): string {
  if (observed === undefined) return "";
  if (observed.loops === 0) return " (never executed)";
  return ` (actual time=${observed.ms.toFixed(3)} rows=${observed.rows} loops=${observed.loops})`;
}

function planJson(
  root: LogicalOperator,
  seen: ReadonlyMap<LogicalOperator, Observed>,
  totalMs: number,
  { analyze }: ExplainOptions,
): string {
  const node = (operator: LogicalOperator): object => {
    const observed = seen.get(operator);
    const below = [...subqueriesOf(operator).map(({ plan }) => plan), ...inputsOf(operator)].map(node);
    return {
      "Node Type": operator.kind.replace("Logical", ""),
      Detail: headOf(operator),
      ...(observed === undefined ? {} : { "Actual Rows": observed.rows, "Actual Loops": observed.loops, "Actual Total Time": observed.ms }),
      ...(below.length === 0 ? {} : { Plans: below }),
    };
  };
  const whole = { Plan: node(root), ...(analyze ? { "Executed By": "interpreter", "Execution Time": totalMs } : {}) };
  return JSON.stringify([whole], undefined, 2);
}
