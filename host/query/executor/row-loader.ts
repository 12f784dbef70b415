/**
 * Rows that a program loads: an INSERT of $1, $2 ... carried out for many rows at once. Each list of fields has its own.
 */
import type { Catalog } from "../catalog/catalog.ts";
import type { LogicalInsert, LogicalOperator, LogicalPlan } from "../plan/operator.ts";
import { plainType } from "../type/type.ts";
import type { BatchTarget, BatchWriter } from "./batch-writer.ts";
import { type EncoderParts, type Field, RowEncoder, VALUE_BYTES, VALUE_PAYLOAD } from "./row-encoder.ts";

const ANY = plainType("any");

export class RowLoader {
  readonly #insert: LogicalInsert;
  readonly #targets: readonly BatchTarget[];
  readonly #encoder: RowEncoder;
  readonly #writer: BatchWriter;

  /** Requires: the n-th value of the insertion is the n-th field. */
  constructor(
    insert: LogicalInsert,
    fields: readonly Field[],
    catalog: Catalog,
    writer: BatchWriter,
    parts: Omit<EncoderParts, "allocate">,
  ) {
    const columns = catalog.table(insert.collection)?.columns;
    const types = insert.values.map(({ target }) => (target.kind === "column" ? (columns?.[target.number]?.type ?? ANY) : ANY));
    this.#insert = insert;
    this.#writer = writer;
    this.#encoder = new RowEncoder({ ...parts, allocate: (sizeBytes) => writer.allocate(sizeBytes) }, fields, types);
    this.#targets = insert.values.map(({ target, name }, index) => {
      const tagOffset = index * VALUE_BYTES;
      return { target, name, tagOffset, offset: tagOffset + VALUE_PAYLOAD };
    });
  }

  /** Inserts rows as a part of the statement that runs. */
  load(rows: readonly object[]): number {
    this.#writer.begin(this.#insert.collection, this.#targets);
    const start = this.#encoder.encode(rows);
    return this.#writer.insert({ rows: start, count: rows.length, rowBytes: this.#encoder.rowBytes });
  }
}

/** The insertion that a plan is, if it only puts one row of $1, $2 ... in, in their order and each as it is. */
export function parameterInsert({ root, parameters }: LogicalPlan): LogicalInsert | undefined {
  const insert = plainInsert(root, parameters.length);
  const [row] = insert?.input.kind === "LogicalValues" ? insert.input.rows : [];
  const isPlain = row?.every((value, index) => value.kind === "BoundParameter" && value.index === index + 1);
  return isPlain === true ? insert : undefined;
}

/** The insertion that an operator is, if it only puts one row of `count` values in. */
export function plainInsert(operator: LogicalOperator, count: number): LogicalInsert | undefined {
  if (operator.kind !== "LogicalInsert" || operator.conflict !== undefined || operator.returning !== undefined) return undefined;
  const { input, values } = operator;
  if (input.kind !== "LogicalValues" || input.rows.length !== 1 || values.length !== count || count === 0) return undefined;
  return values.every(({ column }, index) => input.columns[index]?.column === column) ? operator : undefined;
}
