/**
 * Goal: results that somebody holds count as long as they are held, so that plans behind them get less memory.
 * Method: rows in an engine of which only the calls are seen.
 */
import { expect, test } from "vitest";
import { GatheredRows, HeldBytes } from "../../../../../host/query/executor/gathered-rows.ts";

const NOTHING = { columns: [], rowBytes: 8 };

function rows(closed: number[]): GatheredRows {
  const engine = { memory: { word: () => 0, refresh: () => {} } };
  const functions = { required: (name: string) => (plan: number) => (name === "plan_close" ? closed.push(plan) : 0) };
  type Parts = ConstructorParameters<typeof GatheredRows>;
  return new GatheredRows(engine as unknown as Parts[0], functions as unknown as Parts[1], { plan: 7, list: 0, output: NOTHING });
}

test("held results count until they are closed, once each", () => {
  const held = new HeldBytes();
  const closed: number[] = [];
  const [first, second] = [rows(closed), rows(closed)];
  first.hold(held, 1000);
  second.hold(held, 24);
  expect(held.bytes).toBe(1024);
  first.close();
  first.close();
  expect([held.bytes, closed]).toEqual([24, [7]]);
  second.close();
  expect([held.bytes, closed]).toEqual([0, [7, 7]]);
});

test("what is not held counts for nothing", () => {
  const closed: number[] = [];
  rows(closed).close();
  expect(closed).toEqual([7]);
});
