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
export * from "../runtime/graph-told";
export * from "../runtime/jsonb";
export * from "../runtime/number";
export * from "../runtime/numeric";
export * from "../runtime/numeric-format";
export * from "../runtime/pattern";
export * from "../runtime/row-map";
export * from "../runtime/set-list";
export * from "../runtime/sort-key";
export * from "../runtime/statistics";
export * from "../runtime/text";
export * from "../runtime/text-format";
export * from "../runtime/value-aggregate";
export * from "../runtime/value-arithmetic";
export * from "../runtime/value-compare";
export * from "../runtime/value-duration";
export * from "../runtime/value-function-convert";
export * from "../runtime/value-function-graph";
export * from "../runtime/value-function-list";
export * from "../runtime/value-function-number";
export * from "../runtime/value-function-text";
export * from "../runtime/value-type";
export * from "../runtime/value-graph";
export * from "../runtime/value-list";
export * from "../runtime/value-output";
export * from "../runtime/value-procedure";
export * from "../runtime/value-row-count";
export * from "../runtime/value-temporal";
export * from "../runtime/value-text";
export * from "../runtime/word";
