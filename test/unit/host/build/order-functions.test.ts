/**
 * Goal: ordering the functions of a module changes nothing but their places, and like stands by like.
 * Method: lists of bytes of two kinds in turns; a module whose functions call each other, before and after.
 */
import binaryen from "assemblyscript/binaryen";
import { expect, test } from "vitest";

type Bodies = readonly Uint8Array[];
const ordering: {
  orderFunctions(module: binaryen.Module): void;
  bodiesOf(bytes: Uint8Array): Bodies;
  similarityOrder(bodies: Bodies): readonly number[];
} = await import(new URL("../../../../host/build/order-functions.mjs", import.meta.url).href);
const { orderFunctions, bodiesOf, similarityOrder } = ordering;

test("what resembles stands together, and all stand once", () => {
  const bodies = Array.from({ length: 10 }, (_, index) =>
    Uint8Array.from({ length: 50 }, (_, at) => (index % 2) * 100 + at + (at === index ? 90 : 0)),
  );
  const order = similarityOrder(bodies);
  expect([...order].sort()).toEqual([...bodies.keys()]);
  expect(order.slice(0, 5).every((position) => position % 2 === 0)).toBe(true);
  expect(similarityOrder(bodies)).toEqual(order);
  expect(similarityOrder([])).toEqual([]);
});

test("a module does what it did", () => {
  const sum = (name: string, other: string): string =>
    `(func $${name} (param i32) (result i32) (local i32)
      (if (result i32) (i32.eqz (local.get 0)) (then (global.get $calls))
        (else (global.set $calls (i32.add (global.get $calls) (i32.const 3)))
          (i32.add (call $${other} (i32.sub (local.get 0) (i32.const 1))) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))))))`;
  const module = binaryen.parseText(`(module (global $calls (mut i32) (i32.const 0)) (table 2 funcref) (elem (i32.const 0) $double $second)
    (memory 1) (data (i32.const 8) "text") (export "first" (func $first)) (export "second" (func $second))
    ${sum("first", "second")} (func $double (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1))) ${sum("second", "first")})`);
  const run = (): readonly unknown[] => {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module.emitBinary())));
    const { first, second } = instance.exports as Record<string, (value: number) => number>;
    return [first!(7), second!(4), first!(0)];
  };
  const before = run();
  const lengths = (): readonly number[] => bodiesOf(module.emitBinary()).map(({ length }) => length);
  const lengthsBefore = lengths();
  orderFunctions(module);
  expect(module.validate()).toBe(1);
  expect(run()).toEqual(before);
  expect(lengths()).not.toEqual(lengthsBefore);
  expect([...lengths()].sort()).toEqual([...lengthsBefore].sort());
  module.dispose();
});
