/**
 * Shortest paths: the engine searches (assembly/runtime/graph-shortest.ts), the pipeline takes each path.
 *
 * Conditions on steps, and minima above 1, are the interpreter's.
 */
import { columnsUsed } from "../../physical/columns.ts";
import type { PhysicalShortestPath } from "../../physical/graph-operator.ts";
import type { ColumnId } from "../../plan/expression.ts";
import { notCompiled } from "../expression.ts";
import { typeList } from "../graph.ts";
import * as op from "../opcodes.ts";
import { STATE } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { nodeNumber } from "./expand.ts";
import { ANY_LENGTH, DIRECTIONS, listOperand, walkLoop } from "./var-expand.ts";

export function produceShortestPath(plan: PlanCode, path: PhysicalShortestPath, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const { from, to, direction, minimum, maximum = ANY_LENGTH, all, relationships } = path;
  if (path.step !== undefined) throw notCompiled("shortest paths with conditions on their relationships");
  if (minimum > 1) throw notCompiled("shortest paths of two relationships or more");
  const search = plan.structure("shortest_open", [DIRECTIONS[direction], minimum, maximum, all ? 1 : 0]);
  const types = typeList(plan, path.types);
  plan.produce(plan, path.input, columnsUsed([from, to], needed), (pipeline) => {
    const { code } = pipeline;
    const state = pipeline.stateLocal(search, "i32");
    const first = nodeNumber(pipeline, from);
    const last = nodeNumber(pipeline, to);
    const begin = (): void => {
      code.get(state);
      code.get(first.number);
      code.get(last.number);
      code.get(STATE);
      code.i32(types);
      code.op(op.OP_I32_ADD);
      pipeline.call("shortest_begin", ["i32", "i32", "i32", "i32"], undefined);
    };
    walkLoop(pipeline, state, "shortest_next", [first.operand, last.operand], begin, () => {
      pipeline.columns.set(relationships.column, () => listOperand(pipeline, "shortest_list", state));
      consume(pipeline);
    });
  });
}
