/**
 * Functions of modules of WebAssembly, as statements find and call them: those that users have defined, whose keys (function-json.ts)
 * decide what there is, and those that come with MemFlux.
 *
 * 1. A module is loaded when a plan first calls one of its functions, and has a memory of its own (host/extension).
 * 2. Each text that a name's key gets makes a new version: plans that call one of its functions are void then. FUNCTION_KEYS itself has
 *    a version, which changes with every definition: another function may suit a call better now.
 * 3. What lies in the keys is checked as if it came from anywhere, since they can be written by hand.
 *
 * Requires: all calls are made inside of `Engine.runPlan`.
 */
import { crc32c } from "../../common/checksum.ts";
import { sqlError } from "../../common/sql-state.ts";
import { type Extension, loadExtension } from "../../extension/extension.ts";
import {
  FUNCTION_KEYS,
  functionIdentity,
  identityName,
  MODULE_KEYS,
  readFunctions,
  type StoredFunction,
} from "../catalog/function-json.ts";
import type { FunctionEntry } from "../function/entry.ts";
import { extensionFunction, OWN_MODULE } from "../function/extension.ts";
import type { FunctionSource } from "../function/table.ts";
import type { SqlType } from "../type/type.ts";
import type { ExtensionCaller } from "./engine-functions.ts";
import { checkTypes, fromModule, toModule } from "./extension-value.ts";
import { LruMap } from "./lru.ts";
import type { Caller } from "./surroundings.ts";

/** Modules that are kept loaded for plans to come. */
const MODULES_MAX = 64;

type Place = Parameters<ExtensionCaller>[0];

interface Known {
  readonly text: string;
  readonly version: number;
  readonly functions: readonly StoredFunction[];
  readonly rows: readonly FunctionEntry[];
}

interface Loaded {
  readonly checksum: number;
  readonly extension: Extension;
}

export interface ExtensionOutside {
  /** The text of a key. */
  readonly readKey: (database: number, key: string) => string | undefined;
  /** The module that comes with MemFlux. Throws when it cannot be had. */
  readonly ownModule: () => Uint8Array;
}

export class ExtensionFunctions {
  readonly #outside: ExtensionOutside;
  /** By database and name. */
  readonly #known = new Map<string, Known>();
  /** By database and identity. */
  readonly #modules = new LruMap<string, Loaded>(MODULES_MAX);
  #own: Extension | undefined;
  #version = 0;
  #definitions = 0;

  constructor(outside: ExtensionOutside) {
    this.#outside = outside;
  }

  /** A database's functions, as the binder asks for them. */
  source(database: number): FunctionSource {
    return { find: (name) => this.#find(database, name)?.rows ?? [] };
  }

  /** The functions of a name as its key has them. */
  stored(database: number, name: string): readonly StoredFunction[] {
    return this.#find(database, name)?.functions ?? [];
  }

  /** The version of FUNCTION_KEYS, or of FUNCTION_KEYS with an identity: 0 when there is no such function. */
  version(database: number, key: string): number {
    const identity = key.slice(FUNCTION_KEYS.length);
    if (identity === "") return this.#definitions;
    const name = identityName(identity);
    const known = this.#find(database, name);
    return known?.functions.some((each) => identityOf(name, each) === identity) ? known.version : 0;
  }

  /** A definition has been made or taken back. */
  changed(): void {
    this.#definitions++;
  }

  /** What calls a function. A module that is replaced later is called from then on. */
  readonly caller: ExtensionCaller = (place, parameters, result): Caller => {
    let seen = this.#definitions;
    let call = this.#callerNow(place, parameters, result);
    return (values) => {
      if (seen !== this.#definitions) {
        seen = this.#definitions;
        call = this.#callerNow(place, parameters, result);
      }
      return call(values);
    };
  };

  // -----------------------------------------------------------------------------------------------------------------------

  #find(database: number, name: string): Known | undefined {
    const place = `${database} ${name}`;
    const text = this.#outside.readKey(database, FUNCTION_KEYS + name);
    const cached = this.#known.get(place);
    if (cached !== undefined && cached.text === text) return cached;
    if (text === undefined) {
      this.#known.delete(place);
      return undefined;
    }
    const functions = readFunctions(text);
    const rows = functions.map((each) => rowOf(database, name, each));
    const known = { text, version: ++this.#version, functions, rows };
    this.#known.set(place, known);
    return known;
  }

  #callerNow({ module, name: symbol }: Place, parameters: readonly SqlType[], result: SqlType): Caller {
    const extension = module === OWN_MODULE ? this.#ownExtension() : this.#extension(module);
    const signature = extension.signature(symbol);
    checkTypes(symbol, signature, parameters, result);
    const own = signature.parameters;
    return (values) => {
      const given = values.map((value, index) => toModule(value, parameters[index]!, own[index]!));
      return fromModule(extension.call(symbol, given), result);
    };
  }

  #ownExtension(): Extension {
    this.#own ??= loadExtension(this.#outside.ownModule());
    return this.#own;
  }

  /** `module` is a database and an identity. */
  #extension(module: string): Extension {
    const space = module.indexOf(" ");
    const database = Number(module.slice(0, space));
    const identity = module.slice(space + 1);
    const name = identityName(identity);
    const stored = this.stored(database, name).find((each) => identityOf(name, each) === identity);
    if (stored === undefined) throw sqlError("42883", `function ${identity} does not exist`);
    const loaded = this.#modules.get(module);
    if (loaded?.checksum === stored.moduleChecksum) return loaded.extension;
    const text = this.#outside.readKey(database, moduleKey(name, stored));
    const bytes = text === undefined ? undefined : bytesOfBase64(text);
    if (bytes === undefined || bytes.length !== stored.moduleBytes || crc32c(bytes) !== stored.moduleChecksum) {
      throw sqlError("XX001", `the stored module of function ${identity} is ${text === undefined ? "missing" : "damaged"}`);
    }
    const extension = loadExtension(bytes);
    this.#modules.set(module, { checksum: stored.moduleChecksum, extension });
    return extension;
  }
}

export function identityOf(name: string, { parameters }: StoredFunction): string {
  return functionIdentity(
    name,
    parameters.map(({ type }) => type),
  );
}

/** A replaced module has another key, so that no crash leaves a function with the wrong one. */
export function moduleKey(name: string, stored: StoredFunction): string {
  return `${MODULE_KEYS}${identityOf(name, stored)} ${stored.moduleChecksum.toString(16)}`;
}

function rowOf(database: number, name: string, stored: StoredFunction): FunctionEntry {
  const identity = identityOf(name, stored);
  const place = { module: `${database} ${identity}`, symbol: stored.symbol };
  const parameters = stored.parameters.map(({ type }) => type);
  return extensionFunction(name, parameters, stored.result, place, FUNCTION_KEYS + identity, { volatility: stored.volatility });
}

/** Undefined for what is not base64; white space is skipped. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
