/**
 * What query plans import, and the interpreter calls: each function of runtime/ under its own name (runtime/README.md has the
 * conventions; host/query/function has types and properties).
 */
export * from "../runtime/aggregate";
export * from "../runtime/aggregate-number";
export * from "../runtime/any";
export * from "../runtime/any-cast";
export * from "../runtime/array";
export * from "../runtime/binary";
export * from "../runtime/cells";
export * from "../runtime/collection";
export * from "../runtime/datetime";
export * from "../runtime/datetime-field";
export * from "../runtime/datetime-format";
export * from "../runtime/double";
export * from "../runtime/graph-entity";
export * from "../runtime/graph-plan";
export * from "../runtime/jsonb";
export * from "../runtime/number";
export * from "../runtime/numeric";
export * from "../runtime/numeric-format";
export * from "../runtime/pattern";
export * from "../runtime/set-list";
export * from "../runtime/sort-key";
export * from "../runtime/statistics";
export * from "../runtime/text";
export * from "../runtime/text-format";
export * from "../runtime/word";
