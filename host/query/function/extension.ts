/**
 * Functions of WebAssembly modules: those that come with MemFlux (assembly/functions, dist/functions.wasm), and what rows of
 * functions that users define are made of. They are called on the host, so a plan that has one is interpreted.
 */
import type { SqlType } from "../type/type.ts";
import type { FunctionEntry } from "./entry.ts";
import { entry, type RowFlags, type RowType } from "./row.ts";

/** The module that comes with MemFlux, as implementations name it. */
export const OWN_MODULE = "";

function own(name: string, parameters: readonly RowType[], result: RowType): FunctionEntry {
  return extensionFunction(name, parameters, result, { module: OWN_MODULE, symbol: name }, undefined, {});
}

/** Where a function is. */
export interface ExtensionPlace {
  readonly module: string;
  /** The name that the module exports. */
  readonly symbol: string;
}

/** A row of a function that a module has. Never called with NULL. */
export function extensionFunction(
  name: string,
  parameters: readonly RowType[],
  result: RowType | SqlType,
  { module, symbol }: ExtensionPlace,
  dependsOn: string | undefined,
  flags: Pick<RowFlags, "volatility">,
): FunctionEntry {
  return entry("function", name, parameters, result, { kind: "extension", module, name: symbol, dependsOn }, flags);
}

export const EXTENSION_FUNCTIONS: readonly FunctionEntry[] = [
  own("levenshtein", ["text", "text"], "integer"),
  own("similarity", ["text", "text"], "real"),
  own("slugify", ["text"], "text"),
  own("soundex", ["text"], "text"),
];
