/**
 * `compilePlan`: a physical plan to a module of WebAssembly.
 *
 * Operators *produce* rows and hand each to their consumer's code (produce and consume: Neumann, "Efficiently Compiling Efficient
 * Query Plans for Modern Hardware", 2011): from a source to the next sink everything is one loop, a pipeline.
 */
import { STATE_OUTPUT, STATE_PLAN } from "../../../assembly/abi/plan.ts";
import { PLAN_ERROR } from "../../../assembly/abi/record.ts";
import type { PhysicalOperator, PhysicalPlan } from "../physical/operator.ts";
import type { ColumnId } from "../plan/expression.ts";
import type { CompiledPlan } from "./compiled.ts";
import { OP_I32_EQZ, OP_I32_LOAD, OP_I32_STORE, OP_RETURN } from "./opcodes.ts";
import { produceAggregate } from "./operator/aggregate.ts";
import { produceCountExpand } from "./operator/count-expand.ts";
import { produceExpand } from "./operator/expand.ts";
import { produceHashJoin } from "./operator/hash-join.ts";
import { produceDistinct, produceLimit } from "./operator/limit.ts";
import { produceNestedLoop } from "./operator/nested-loop.ts";
import { produceNodeScan } from "./operator/node-scan.ts";
import { produceRelationshipScan } from "./operator/relationship-scan.ts";
import { outputLayout, produceFilter, produceProject, writeOutput } from "./operator/row.ts";
import { produceScan } from "./operator/scan.ts";
import { produceSetOperation } from "./operator/set-operation.ts";
import { produceShortestPath } from "./operator/shortest-path.ts";
import { produceSort, produceTopK } from "./operator/sort.ts";
import { produceCommonReference, produceCommonTable, produceFunctionScan, produceValues } from "./operator/source.ts";
import { produceVarExpand } from "./operator/var-expand.ts";
import { produceWindow } from "./operator/window.ts";
import { STATE } from "./pipeline.ts";
import { type Consume, PlanCode, type Planner, type RowGate } from "./plan-code.ts";

const RUN = "run";

function produce(plan: PlanCode, operator: PhysicalOperator, needed: ReadonlySet<ColumnId>, consume: Consume, gate?: RowGate): void {
  switch (operator.kind) {
    case "PhysicalScan":
      produceScan(plan, operator, needed, consume, { conditions: [], gate });
      break;
    case "PhysicalFilter":
      produceFilter(plan, operator, needed, consume, gate);
      break;
    case "PhysicalProject":
      produceProject(plan, operator, needed, consume);
      break;
    case "PhysicalAggregate":
      produceAggregate(plan, operator, needed, consume);
      break;
    case "PhysicalHashJoin":
      produceHashJoin(plan, operator, needed, consume);
      break;
    case "PhysicalNestedLoopJoin":
      produceNestedLoop(plan, operator, needed, consume);
      break;
    case "PhysicalDistinct":
      produceDistinct(plan, operator, needed, consume);
      break;
    case "PhysicalLimit":
      produceLimit(plan, operator, needed, consume);
      break;
    case "PhysicalSort":
      produceSort(plan, operator, needed, consume);
      break;
    case "PhysicalWindow":
      produceWindow(plan, operator, needed, consume);
      break;
    case "PhysicalTopK":
      produceTopK(plan, operator, needed, consume);
      break;
    case "PhysicalSetOperation":
      produceSetOperation(plan, operator, consume);
      break;
    case "PhysicalValues":
      produceValues(plan, operator, consume);
      break;
    case "PhysicalFunctionScan":
      produceFunctionScan(plan, operator, consume);
      break;
    case "PhysicalCommonTable":
      produceCommonTable(plan, operator, needed, consume);
      break;
    case "PhysicalCommonReference":
      produceCommonReference(plan, operator, consume);
      break;
    case "PhysicalNodeScan":
      produceNodeScan(plan, operator, consume);
      break;
    case "PhysicalExpand":
      produceExpand(plan, operator, needed, consume);
      break;
    case "PhysicalCountExpand":
      produceCountExpand(plan, operator, needed, consume);
      break;
    case "PhysicalVarExpand":
      produceVarExpand(plan, operator, needed, consume);
      break;
    case "PhysicalShortestPath":
      produceShortestPath(plan, operator, needed, consume);
      break;
    case "PhysicalRelationshipScan":
      produceRelationshipScan(plan, operator, consume);
      break;
  }
}

/** The module of a plan. Throws SQL_NOT_SUPPORTED where the plan has what only the interpreter does. */
export function compilePlan(physical: PhysicalPlan, planner: Planner): CompiledPlan {
  const plan = new PlanCode(produce, planner);
  const { columns, rowBytes } = outputLayout(physical.output);
  openOutput(plan, rowBytes);
  produce(plan, physical.root, new Set(physical.output.map(({ column }) => column)), (pipeline) =>
    writeOutput(pipeline, physical.output, rowBytes),
  );
  plan.closePart(RUN);
  return {
    bytes: plan.module.encode(),
    imports: plan.module.imports,
    stateBytes: plan.state.sizeBytes,
    inputs: plan.inputs,
    collections: plan.collections,
    readsGraph: plan.readsGraph,
    output: { columns, rowBytes },
    stages: plan.part.stages.map(({ label }) => label),
  };
}

/** The result's rows are made with the other structures. */
function openOutput(plan: PlanCode, rowBytes: number): void {
  const { setup } = plan.part;
  setup.get(STATE);
  setup.get(STATE);
  setup.memory(OP_I32_LOAD, STATE_OUTPUT);
  setup.get(STATE);
  setup.memory(OP_I32_LOAD, STATE_PLAN);
  setup.i32(rowBytes);
  setup.callImport(plan.module.importFunction("output_open", ["i32", "i32", "i32"], "i32"));
  setup.memory(OP_I32_STORE, STATE_OUTPUT);
  setup.get(STATE);
  setup.memory(OP_I32_LOAD, STATE_OUTPUT);
  setup.op(OP_I32_EQZ);
  setup.if();
  setup.i32(PLAN_ERROR);
  setup.op(OP_RETURN);
  setup.end();
}
