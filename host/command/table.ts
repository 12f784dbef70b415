/**
 * The command table: one row for every command and subcommand of MemFlux. Rows stand in table-*.ts by subject; their types,
 * and what each field means, in table-types.ts.
 *
 * The id of a top-level command is its position here. Ids are an ABI of one build only (host/build/generate-commands.mjs
 * writes them to assembly/abi/commands.ts), so rows may be added and moved freely. The most frequent commands come first,
 * which keeps their rows in the same cache lines. Subcommands have no ids: their container looks them up.
 */
import { adminCommands } from "./table-admin.ts";
import { beginCommands } from "./table-begin.ts";
import { connectionCommands } from "./table-connection.ts";
import { genericCommands } from "./table-generic.ts";
import { graphCommands } from "./table-graph.ts";
import { hashCommands } from "./table-hash.ts";
import { jsonCommands } from "./table-json.ts";
import { listCommands } from "./table-list.ts";
import { pubSubCommands } from "./table-pubsub.ts";
import { rowCommands } from "./table-rows.ts";
import { serverCommands } from "./table-server.ts";
import { setCommands } from "./table-set.ts";
import { sortedSetCommands } from "./table-sorted-set.ts";
import { sqlCommands } from "./table-sql.ts";
import { stringCommands } from "./table-string.ts";
import { transactionCommands } from "./table-transactions.ts";
import type { CommandRow } from "./table-types.ts";

export const commandTable: readonly CommandRow[] = [
  ...stringCommands,
  ...genericCommands,
  ...hashCommands,
  ...setCommands,
  ...listCommands,
  ...sortedSetCommands,
  ...jsonCommands,
  ...sqlCommands,
  ...rowCommands,
  ...graphCommands,
  ...transactionCommands,
  ...beginCommands,
  ...connectionCommands,
  ...pubSubCommands,
  ...serverCommands,
  ...adminCommands,
];

const byName: ReadonlyMap<string, CommandRow> = new Map(commandTable.map((row) => [row.name, row]));

/** The row of a top-level command, its name in any case. O(1). */
export function findRow(name: string): CommandRow | undefined {
  return byName.get(name.toUpperCase());
}

/** The row of a subcommand, its name in any case. */
export function findSubcommand(container: CommandRow, name: string): CommandRow | undefined {
  const upper = name.toUpperCase();
  return container.subcommands.find((row) => row.name === upper);
}

/** Name as COMMAND tells it: `get`, or `config|get` of a subcommand. */
export function fullName(row: CommandRow, container?: CommandRow): string {
  const own = row.name.toLowerCase();
  return container === undefined ? own : `${container.name.toLowerCase()}|${own}`;
}

/** A row with what it is a subcommand of. */
export interface PlacedRow {
  readonly row: CommandRow;
  readonly parent?: CommandRow;
}

/** The row with a full name, `get` or `config|get`, in any case. */
export function findPlaced(name: string): PlacedRow | undefined {
  const bar = name.indexOf("|");
  const parent = findRow(bar < 0 ? name : name.slice(0, bar));
  if (parent === undefined) return undefined;
  if (bar < 0) return { row: parent };
  const row = findSubcommand(parent, name.slice(bar + 1));
  return row === undefined ? undefined : { row, parent };
}
