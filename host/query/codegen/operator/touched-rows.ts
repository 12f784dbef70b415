/**
 * Rows whose records are fetched before anything is computed of them: something is loaded from each cache line that will be looked at.
 *
 * The lines come at the same time, as many as the processor can ask for; a loop that also computes asks for few at once (Chen, Ailamaki,
 * Gibbons, Mowry, "Improving hash join performance through prefetching", 2004). The sum of what was loaded is stored in the state block,
 * so that no compiler leaves the loads out.
 */
import { RECORD_NULLS, RECORD_SLOTS, ROW_RECORD } from "../../../../assembly/abi/record.ts";
import type { PhysicalScanColumn } from "../../physical/operator.ts";
import * as op from "../opcodes.ts";
import { type Pipeline, STATE } from "../pipeline.ts";
import { repeatWithNext } from "./row-place.ts";

const LINE_BYTES = 64;
/** Places of a record at most: of wider ones the rest comes when it is used. */
const PLACES_MAX = 4;

/** Offsets in a record such that every cache line with one of these columns has one of them. Those of documents, which lie anywhere, are left out. */
export function placesOf(columns: readonly PhysicalScanColumn[]): readonly number[] {
  const offsets = columns.flatMap(({ source, nullable }) => {
    if (source.kind !== "column") return [];
    const slot = RECORD_SLOTS + 8 * source.number;
    return nullable ? [RECORD_NULLS, slot] : [slot];
  });
  const places: number[] = [];
  for (const offset of [...new Set(offsets)].sort((one, other) => one - other)) {
    // What lies between two places that are no further apart than a line is long is in the line of one of them.
    const before = places.at(-2);
    if (before !== undefined && offset - before <= LINE_BYTES) places.pop();
    places.push(offset);
  }
  return places.slice(0, PLACES_MAX);
}

/** What is loaded of each record, and the offset of a u32 in the state block. */
export interface Touch {
  readonly places: readonly number[];
  readonly sink: number;
}

/** Touches the records of the elements from `start` to `end`. Requires: there is one. */
export function touchRun(pipeline: Pipeline, start: number, end: number, touch: Touch): void {
  const { code } = pipeline;
  if (touch.places.length === 0) return;
  const element = code.local("i32");
  code.get(start);
  code.set(element);
  touchRecords(pipeline, touch, (touchElement) => {
    const loop = code.loop();
    touchElement(() => code.get(element));
    repeatWithNext(pipeline, loop, element, end);
    code.end();
  });
}

/** Touches the records of `count` elements; `push` pushes the one whose number stands in a local. */
export function touchListed(pipeline: Pipeline, count: number, touch: Touch, push: (index: number) => void): void {
  const { code } = pipeline;
  if (touch.places.length === 0) return;
  const index = code.local("i32");
  code.i32(0);
  code.set(index);
  touchRecords(pipeline, touch, (touchElement) => {
    const done = code.block();
    const loop = code.loop();
    code.get(index);
    code.get(count);
    code.op(op.OP_I32_GE_U);
    code.brIf(done);
    touchElement(() => push(index));
    code.get(index);
    code.i32(1);
    code.op(op.OP_I32_ADD);
    code.set(index);
    code.br(loop);
    code.end();
    code.end();
  });
}

/** Touches records: `write` writes a loop that calls what it is given, once, with what pushes an element. */
export function touchRecords(
  { code }: Pipeline,
  { places, sink }: Touch,
  write: (touchElement: (pushElement: () => void) => void) => void,
): void {
  const [record, sum] = [code.local("i32"), code.local("i32")];
  write((pushElement) => {
    pushElement();
    code.memory(op.OP_I32_LOAD, ROW_RECORD);
    code.set(record);
    for (const place of places) {
      code.get(sum);
      code.get(record);
      code.memory(op.OP_I32_LOAD, place);
      code.op(op.OP_I32_ADD);
      code.set(sum);
    }
  });
  code.get(STATE);
  code.get(sum);
  code.memory(op.OP_I32_STORE, sink);
}
