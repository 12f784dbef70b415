/**
 * The parts of a pattern that are rows of tables (row.ts), and how they hang together: a relationship whose type is the name of a foreign key,
 * or of its only column, is a join from the row that refers to the row that is referred to.
 *
 * What hangs together is rows throughout. Rows have no relationships of variable length and no paths, and their relationships no names.
 */
import type { CatalogForeignKey } from "../../catalog/catalog.ts";
import { columnEquality } from "../../function/row-map.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalOperator } from "../../plan/operator.ts";
import { BOOLEAN, type CypherBinding, MAP } from "./binding.ts";
import { callOf } from "./convert.ts";
import { propertyOf } from "./expression.ts";
import { operatorCall } from "./function-row.ts";
import type { PatternGraph, PatternHop, PatternNode } from "./pattern.ts";
import type { BoundProperties } from "./pattern-predicate.ts";
import { type RowSource, readDeclared, rowsNamed, scanRows } from "./row.ts";
import type { Variable } from "./scope.ts";

/** A pattern without its rows, and the rows. */
export interface RowPattern {
  /** What is left for the graph. */
  readonly graph: PatternGraph;
  /** New names of all of the pattern. */
  readonly variables: readonly Variable[];
  /** The rows of the input with the rows that are found for them; undefined: there are none. */
  readonly found: ((input: LogicalOperator) => LogicalOperator) | undefined;
  /** What properties in the pattern ask of rows: to be tested above all of it. */
  readonly conditions: (properties: BoundProperties) => readonly BoundExpression[];
}

/** Two rows that a foreign key ties. */
interface Tie {
  readonly child: PatternNode;
  readonly parent: PatternNode;
  readonly key: CatalogForeignKey;
}

export function rowPattern(binding: CypherBinding, graph: PatternGraph): RowPattern {
  const rows = new RowFinder(binding, graph);
  if (rows.sources.size === 0) return { graph, variables: graph.variables, found: undefined, conditions: () => [] };
  return rows.pattern();
}

class RowFinder {
  readonly sources = new Map<PatternNode, RowSource>();
  readonly #binding: CypherBinding;
  readonly #graph: PatternGraph;
  readonly #ties = new Map<PatternHop, Tie>();

  constructor(binding: CypherBinding, graph: PatternGraph) {
    this.#binding = binding;
    this.#graph = graph;
    for (const node of graph.nodes) {
      const known = node.known === undefined ? undefined : binding.rowSource(node.known.column);
      const named = node.known === undefined ? node.labels.map((label) => rowsNamed(binding, label)) : [];
      const source = known ?? named.find((each) => each !== undefined);
      if (source === undefined) continue;
      if (node.labels.some((label) => label !== source.name))
        throw this.#refuse("several labels of a row", this.#graph.hops[0]?.position ?? 0);
      this.sources.set(node, source);
    }
    for (let size = -1; size < this.#ties.size; ) {
      size = this.#ties.size;
      for (const hop of graph.hops) if (!this.#ties.has(hop) && this.#isOfRows(hop)) this.#ties.set(hop, this.#tie(hop));
    }
  }

  pattern(): RowPattern {
    const { nodes, hops, paths, variables } = this.#graph;
    for (const path of paths) {
      if (this.sources.has(path.start)) throw this.#refuse("a path of rows", path.hops[0]?.position ?? 0);
    }
    for (const [node, source] of this.sources) this.#binding.noteRows(node.column.column, source);
    const byColumn = new Set([...this.sources.keys()].map(({ column }) => column.column));
    return {
      graph: { nodes: nodes.filter((node) => !this.sources.has(node)), hops: hops.filter((hop) => !this.#ties.has(hop)), paths, variables },
      variables: variables.map((variable) => (byColumn.has(variable.column) ? { ...variable, kind: "value", type: MAP } : variable)),
      found: (input) => this.#found(input),
      conditions: (properties) => [...this.sources.keys()].flatMap((node) => this.#conditions(node, properties)),
    };
  }

  #isOfRows({ left, right }: PatternHop): boolean {
    return this.sources.has(left) || this.sources.has(right);
  }

  /** The foreign key that a hop means; an end without a label gets its table by it. */
  #tie(hop: PatternHop): Tie {
    const { left, right, direction, position } = hop;
    this.#refuseMore(hop);
    const wanted: readonly (readonly [PatternNode, PatternNode])[] = [
      ...(direction === "in" ? [] : [[left, right] as const]),
      ...(direction === "out" ? [] : [[right, left] as const]),
    ];
    for (const [child, parent] of wanted) {
      const own = this.sources.get(child);
      const other = this.sources.get(parent);
      const key = own?.table?.foreignKeys?.find((each) => this.#isMeant(own, each, hop) && (other?.name ?? each.table) === each.table);
      if (key === undefined) continue;
      if (other === undefined) this.#takeTable(parent, key.table, position);
      return { child, parent, key };
    }
    const table = (this.sources.get(wanted[0]![0]) ?? this.sources.get(wanted[0]![1]))!.name;
    const message = `\`${hop.types.join("|")}\` is no foreign key between rows of \`${table}\` and what stands at its other end`;
    throw this.#binding.error("SemanticError", "ForeignKeyNotFound", message, position);
  }

  #isMeant({ table }: RowSource, { name, columns }: CatalogForeignKey, { types }: PatternHop): boolean {
    const [type] = types;
    return name === type || (columns.length === 1 && table?.columns[columns[0] as number]?.name === type);
  }

  #takeTable(node: PatternNode, name: string, position: number): void {
    const table = this.#binding.surroundings.catalog.table(name);
    if (table === undefined || node.labels.length > 0 || node.known !== undefined)
      throw this.#refuse("a node of the graph next to a row", position);
    this.#binding.dependOn(name);
    this.sources.set(node, { name, table, columns: [] });
  }

  #refuseMore({ range, shortest, known, properties, types, column, position }: PatternHop): void {
    if (range !== undefined || shortest !== undefined) throw this.#refuse("a relationship of variable length between rows", position);
    if (known !== undefined || properties.length > 0 || this.#graph.variables.some((variable) => variable.column === column.column)) {
      throw this.#refuse("a relationship between rows with a name or properties", position);
    }
    if (types.length !== 1) throw this.#refuse("a relationship between rows without exactly one type", position);
  }

  #refuse(what: string, position: number): Error {
    return this.#binding.notSupported(what, position);
  }

  #conditions(node: PatternNode, properties: BoundProperties): readonly BoundExpression[] {
    const value = { kind: "BoundColumn", type: MAP, column: node.column.column, name: node.column.name } as const;
    return properties(node).map((property) =>
      operatorCall(this.#binding, "=", propertyOf(this.#binding, { value, position: 0 }, property.name), property.value),
    );
  }

  // Joins -----------------------------------------------------------------------------------------------------------------

  #found(input: LogicalOperator): LogicalOperator {
    const reached = new Set([...this.sources.keys()].filter(({ known }) => known !== undefined));
    const left = new Set(this.#ties.keys());
    let operator = input;
    for (;;) {
      const hop = [...left].find((each) => reached.has(each.left) || reached.has(each.right));
      const start = [...this.sources.keys()].find((node) => !reached.has(node));
      if (hop === undefined && start === undefined) return operator;
      if (hop === undefined) {
        operator = joined(operator, this.#scan(start!), undefined);
        reached.add(start!);
        continue;
      }
      left.delete(hop);
      const far = [hop.left, hop.right].find((node) => !reached.has(node));
      const condition = this.#condition(this.#ties.get(hop)!);
      if (far === undefined) operator = { kind: "LogicalFilter", input: operator, predicate: condition };
      else {
        operator = joined(operator, this.#scan(far), condition);
        reached.add(far);
      }
    }
  }

  #scan(node: PatternNode): LogicalOperator {
    return scanRows(this.#binding, this.sources.get(node)!, node.column);
  }

  #condition({ child, parent, key }: Tie): BoundExpression {
    const from = this.sources.get(child)!;
    const to = this.sources.get(parent)!;
    const equal = key.columns.map((number, index) => {
      const other = to.table!.columns.findIndex(({ name }) => name === key.referenced[index]);
      const left = readDeclared(this.#binding, from, child.column, number);
      const right = readDeclared(this.#binding, to, parent.column, other);
      return callOf(columnEquality(left.type)!, left, right);
    });
    return equal.length === 1 ? equal[0]! : { kind: "BoundLogical", type: BOOLEAN, operator: "AND", operands: equal };
  }
}

function joined(left: LogicalOperator, right: LogicalOperator, condition: BoundExpression | undefined): LogicalOperator {
  if (left.kind === "LogicalValues" && left.columns.length === 0 && left.rows.length === 1) {
    return condition === undefined ? right : { kind: "LogicalFilter", input: right, predicate: condition };
  }
  const join = condition === undefined ? "cross" : "inner";
  return { kind: "LogicalJoin", join, left, right, condition, mark: undefined, dependent: false };
}
