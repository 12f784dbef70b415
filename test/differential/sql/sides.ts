/**
 * The sides that the tester can compare, by name: memflux is the server, library the same inside this process. Others (the interpreter, the optimiser switched off,
 * indexes on one side only) are one more entry: a runner, and what it prepares.
 */
import { libraryPeer, openLibrary } from "../../support/sql/library.ts";
import { openMemflux } from "../../support/sql/memflux.ts";
import type { SqlPeer } from "../../support/sql/peer.ts";
import { openPostgres } from "../../support/sql/postgres.ts";
import { openSqlite } from "../../support/sql/sqlite.ts";
import { startServer } from "../../support/test-server.ts";
import { openYielding } from "../../support/yielding.ts";
import type { Table } from "./schema.ts";
import type { Side } from "./tester.ts";

/** Sides that are the library with a setting: what is run before the statements, on tables with indexes. */
const SETTINGS = {
  "library-compiled": "SET execution_mode TO compiled",
  "library-interpreted": "SET execution_mode TO interpreted",
  "library-sliced": "SET execution_mode TO compiled",
  "library-unoptimised": "SET disabled_rules TO 'all'",
} as const;
type SettingName = keyof typeof SETTINGS;

export type SideName = "memflux" | "library" | "library-indexed" | "library-undeclared" | SettingName | "sqlite" | "postgresql";
export const SIDE_NAMES: readonly SideName[] = [
  "memflux",
  "library",
  "library-indexed",
  "library-undeclared",
  ...(Object.keys(SETTINGS) as SettingName[]),
  "sqlite",
  "postgresql",
];

export interface OpenSide extends Side {
  close(): Promise<void>;
}

/** Opens a side; undefined where what it needs is not installed. */
export async function openSide(name: SideName): Promise<OpenSide | undefined> {
  switch (name) {
    case "sqlite":
      return sideOf(await openSqlite());
    case "postgresql":
      return sideOf(await openPostgres());
    case "memflux":
      return openServer();
    case "library":
      return sideOf(await openLibrary());
    case "library-undeclared": {
      const side = sideOf(await openLibrary());
      return side && { ...side, isUndeclared: true };
    }
    case "library-compiled":
    case "library-interpreted":
    case "library-unoptimised": {
      const side = sideOf(await openLibrary());
      return side && { ...side, prepare: (tables) => [SETTINGS[name], ...indexAll(tables)] };
    }
    case "library-sliced": {
      const { library } = await openYielding();
      const side = sideOf(libraryPeer(library));
      return side && { ...side, prepare: (tables) => [SETTINGS[name], ...indexAll(tables)] };
    }
    case "library-indexed": {
      const side = sideOf(await openLibrary());
      return side && { ...side, prepare: indexAll };
    }
  }
}

/** An index on each column, and some on two. */
export function indexAll(tables: readonly Table[]): string[] {
  return tables.flatMap(({ name, columns }) => [
    ...columns.slice(1).map((column) => `CREATE INDEX ${name}_${column.name} ON ${name} (${column.name})`),
    ...(columns.length > 2 ? [`CREATE INDEX ${name}_pair ON ${name} (${columns[2]!.name}, ${columns[1]!.name})`] : []),
  ]);
}

function sideOf(peer: SqlPeer | undefined): OpenSide | undefined {
  return peer && { runner: peer, reset: () => peer.reset(), close: () => peer.close() };
}

async function openServer(): Promise<OpenSide> {
  const server = await startServer("memflux");
  const peer = await openMemflux(server);
  return {
    runner: peer,
    reset: () => peer.reset(),
    close: async () => {
      await peer.close();
      await server.stop();
    },
  };
}
