/**
 * The layers as data: which folder may import which. The tables follow the tours in host/README.md and assembly/README.md;
 * a folder that is not listed may not exist.
 *
 * A folder imports itself and folders of lower layers. Siblings on one layer do not import each other, save the pairs in
 * `sideways`. Type-only imports count: they tie two folders together as much as others do.
 */

export interface LayerTable {
  /** The folder whose subfolders are layered. */
  readonly root: string;
  /** Names of subfolders (or files directly in the root), bottom layer first. */
  readonly layers: readonly (readonly string[])[];
  /** [importer, imported]: the allowed imports between siblings. */
  readonly sideways: readonly (readonly [string, string])[];
  /** Importer → all that it may import, where that is less than its layer allows. */
  readonly only: Readonly<Record<string, readonly string[]>>;
}

export const HOST: LayerTable = {
  root: "host",
  layers: [
    ["common"],
    ["resp", "platform", "engine", "extension"],
    ["persistence", "query", "maintenance"],
    ["database"],
    ["command"],
    ["server", "client"],
    ["cli", "entry", "build"],
  ],
  // The command line starts the server through a composition root, so that only entry/ chooses adapters.
  sideways: [
    ["cli", "entry"],
    // Both instantiate modules; the typing of the runtime's WebAssembly object lives in engine/.
    ["extension", "engine"],
  ],
  only: { common: [] },
};

export const ASSEMBLY: LayerTable = {
  root: "assembly",
  layers: [
    ["abi", "functions"],
    ["memory", "bytes"],
    ["structure"],
    ["value"],
    ["mvcc"],
    ["keyspace", "eviction"],
    ["types", "table", "graph"],
    ["runtime", "durability"],
    ["command"],
    ["exports"],
    ["index.ts"],
  ],
  sideways: [
    ["graph", "table"],
    // Properties of nodes and relationships are documents.
    ["graph", "types"],
  ],
  only: { functions: [], eviction: ["abi", "structure"] },
};

/** The stages of a statement, in the order of host/query/README.md. */
export const QUERY: LayerTable = {
  root: "host/query",
  layers: [
    ["ast", "type"],
    ["parser", "function"],
    ["catalog", "plan"],
    ["binder"],
    ["optimizer"],
    ["physical"],
    ["codegen"],
    ["executor"],
  ],
  sideways: [],
  only: {},
};

/** Folders that are layered inside of a layer. */
export const INNER_TABLES: readonly LayerTable[] = [QUERY];

export const LAYER_TABLES: readonly LayerTable[] = [HOST, ASSEMBLY];

/** The folders below the root of the repository that layered code may import, besides its own. */
export const BRIDGES: readonly { readonly from: string; readonly to: string }[] = [
  { from: "host/", to: "assembly/abi/" },
  { from: "host/query/parser/", to: "grammar/" },
  { from: "web-demo/", to: "host/client/" },
  { from: "web-demo/", to: "host/entry/" },
  // The shell's words, replies and completion, which are the same in a browser; and what an error or a reply is.
  { from: "web-demo/", to: "host/cli/completion.ts" },
  { from: "web-demo/", to: "host/cli/format.ts" },
  { from: "web-demo/", to: "host/cli/sql-line.ts" },
  { from: "web-demo/", to: "host/cli/sql-table.ts" },
  { from: "web-demo/", to: "host/cli/words.ts" },
  { from: "web-demo/", to: "host/command/table.ts" },
  { from: "web-demo/", to: "host/common/error.ts" },
  { from: "web-demo/", to: "host/common/reply-error.ts" },
  { from: "web-demo/", to: "host/resp/decoder.ts" },
];

/** Only composition roots name an adapter; adapters share types.ts and do not know each other. */
export const ADAPTERS = { folder: "host/platform/", importers: ["host/entry/"] } as const;

/**
 * Where host code may import what comes with a runtime (`node:fs`) or from the package registry. Everything else runs in a
 * browser too.
 */
export const FOREIGN_IMPORTERS: readonly string[] = ["host/platform/node/", "host/entry/node", "host/cli/", "host/build/"];

/** Packages that host code may import in one folder besides: they run in a browser too. */
export const PACKAGE_IMPORTERS: readonly { readonly name: string; readonly folder: string }[] = [
  { name: "antlr4ng", folder: "host/query/parser/" },
];

/** AssemblyScript's own library beyond what is global: the engine does without, the managed functions need not. */
export const STANDARD_LIBRARY = { prefix: "util/", folder: "assembly/functions/" } as const;
