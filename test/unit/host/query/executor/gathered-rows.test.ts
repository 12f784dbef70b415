/**
 * Goal: results that somebody holds count as long as they are held, so that plans behind them get less memory.
 * Method: rows in an engine of which only the calls are seen.
 */
import { expect, test } from "vitest";
import { GatheredRows, HeldBytes } from "../../../../../host/query/executor/gathered-rows.ts";

const NOTHING = { columns: [], rowBytes: 8 };

function rows(): GatheredRows {
  const engine = { memory: { word: () => 0, refresh: () => {} } };
  const functions = { required: () => () => 0 };
  type Parts = ConstructorParameters<typeof GatheredRows>;
  return new GatheredRows(engine as unknown as Parts[0], functions as unknown as Parts[1], { list: 0, output: NOTHING });
}

test("held results count until they are closed, once each, and their memory is given back then", () => {
  const held = new HeldBytes();
  const given: string[] = [];
  const [first, second] = [rows(), rows()];
  first.hold(held, 1000, () => given.push("first"));
  second.hold(held, 24, () => given.push("second"));
  expect([held.bytes, given]).toEqual([1024, []]);
  first.close();
  first.close();
  expect([held.bytes, given]).toEqual([24, ["first"]]);
  second.close();
  expect([held.bytes, given]).toEqual([0, ["first", "second"]]);
});
