/**
 * Checks imports against layers.ts. Four rules:
 *
 * 1. Within host/ and assembly/, and within host/query/: down, into the own folder, or a listed sideways pair. Folders that are in no table fail.
 * 2. Across: only over BRIDGES (the host reads assembly/abi, and so on). Nobody imports test/.
 * 3. Adapters of platform/ are named only by composition roots.
 * 4. Built-in modules and packages only where a runtime is known; the engine has none. Packages of programs that users run
 *    are `dependencies`, since `devDependencies` are not there when memflux is installed.
 */
import { builtinModules } from "node:module";
import {
  ADAPTERS,
  BRIDGES,
  FOREIGN_IMPORTERS,
  INNER_TABLES,
  LAYER_TABLES,
  type LayerTable,
  PACKAGE_IMPORTERS,
  STANDARD_LIBRARY,
} from "./layers.ts";
import { type Import, importsOf, type SourceFile, type Violation } from "./sources.ts";

/** All violations of the rules in files of host/, assembly/ and web-demo/; `packages` are the names in `dependencies`. */
export function checkImports(files: readonly SourceFile[], packages: readonly string[]): Violation[] {
  return files
    .filter(({ path }) => /^(host|assembly|web-demo)\//.test(path))
    .flatMap((file) => {
      const table = LAYER_TABLES.find(({ root }) => file.path.startsWith(`${root}/`));
      const inner = INNER_TABLES.filter(({ root }) => file.path.startsWith(`${root}/`));
      const messages = importsOf(file).map((entry) =>
        entry.target === undefined
          ? checkForeign(file.path, entry.specifier, packages)
          : (checkReach(file.path, entry.target, table) ?? checkInner(file.path, entry.target, inner) ?? checkAdapter(file.path, entry)),
      );
      for (const each of table ? [table, ...inner] : inner) {
        if (layerOf(each, folderOf(each, file.path)) < 0) messages.push(`the folder is not in the table of layers of ${each.root}/`);
      }
      return messages.filter((message) => message !== undefined).map((message) => ({ path: file.path, message }));
    });
}

/** Name of the layered folder that a path lies in (or of the file, directly below the root). */
function folderOf(table: LayerTable, path: string): string {
  return path.slice(table.root.length + 1).split("/")[0] ?? "";
}

function layerOf(table: LayerTable, folder: string): number {
  return table.layers.findIndex((names) => names.includes(folder));
}

function checkReach(path: string, target: string, table: LayerTable | undefined): string | undefined {
  if (!table || !target.startsWith(`${table.root}/`)) {
    const own = path.slice(0, path.indexOf("/") + 1);
    const bridged = BRIDGES.some(({ from, to }) => path.startsWith(from) && target.startsWith(to));
    const allowed = (bridged && table?.only[folderOf(table, path)] === undefined) || (!table && target.startsWith(own));
    return allowed ? undefined : `imports ${target}, which is outside of ${own}`;
  }
  const from = folderOf(table, path);
  const to = folderOf(table, target);
  if (from === to) return undefined;
  const only = table.only[from];
  if (only) return only.includes(to) ? undefined : `imports ${target}: ${from}/ may import ${only.join(", ") || "nothing"}`;
  const [low, high] = [layerOf(table, to), layerOf(table, from)];
  if (low < 0) return `imports ${target}, which is in no layer`;
  if (low < high || table.sideways.some(([importer, imported]) => importer === from && imported === to)) return undefined;
  return `imports ${target}, which is ${low > high ? "above" : "beside"} ${from}`;
}

/** The rules of the folders that are layered inside, for imports that stay in them. */
function checkInner(path: string, target: string, tables: readonly LayerTable[]): string | undefined {
  const table = tables.find(({ root }) => target.startsWith(`${root}/`));
  return table && checkReach(path, target, table);
}

function checkAdapter(path: string, { target }: Import): string | undefined {
  if (!target?.startsWith(ADAPTERS.folder)) return undefined;
  const rest = target.slice(ADAPTERS.folder.length);
  const adapter = rest.includes("/") ? `${ADAPTERS.folder}${rest.split("/")[0]}/` : undefined;
  if (adapter === undefined || path.startsWith(adapter) || ADAPTERS.importers.some((folder) => path.startsWith(folder))) return undefined;
  return `imports ${target}: only composition roots name an adapter`;
}

function checkForeign(path: string, specifier: string, packages: readonly string[]): string | undefined {
  if (path.startsWith(STANDARD_LIBRARY.folder) && specifier.startsWith(STANDARD_LIBRARY.prefix)) return undefined;
  if (path.startsWith("assembly/")) return `imports ${specifier}: the engine imports nothing from outside`;
  if (path.startsWith("web-demo/")) return `imports ${specifier}: the page runs in a browser, and needs no package`;
  if (PACKAGE_IMPORTERS.some(({ name, folder }) => name === specifier && path.startsWith(folder) && packages.includes(name)))
    return undefined;
  if (!FOREIGN_IMPORTERS.some((place) => path.startsWith(place))) {
    return `imports ${specifier}: built-in modules and packages belong to ${FOREIGN_IMPORTERS.join(", ")}`;
  }
  if (specifier.startsWith("node:") || path.startsWith("host/build/")) return undefined;
  if (builtinModules.includes(specifier)) return `imports ${specifier}: write node:${specifier}`;
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return packages.includes(name) ? undefined : `imports ${specifier}, which is not in dependencies of package.json`;
}
