/**
 * Functions that users have defined, as the JSON text that their keys hold:
 *
 *   _internal:functions:<name>              {"function_name", "overloads": [{"parameters": [{"name", "type"}], "returns",
 *                                           "volatility", "symbol", "module_bytes", "module_crc32c"}]}
 *   _internal:modules:<name>(<type>,<type>) the module of one of them, in base64
 *
 * 1. The overloads of a name are one key, so that a call needs one look; modules are apart, so that the look is cheap.
 * 2. The checksum makes the text another one when only the module is replaced: plans see it, and damage too.
 */
import { formatPlainType } from "../type/name.ts";
import type { SqlType } from "../type/type.ts";
import { JsonReader, parseTypeSpelling, spellType } from "./schema-json.ts";

/** Keys of functions. Plans depend on one of a name's functions by this and `functionIdentity`. */
export const FUNCTION_KEYS = "_internal:functions:";
export const MODULE_KEYS = "_internal:modules:";

export interface StoredParameter {
  readonly name: string | undefined;
  readonly type: SqlType;
}

export interface StoredFunction {
  readonly parameters: readonly StoredParameter[];
  readonly result: SqlType;
  readonly volatility: "immutable" | "stable" | "volatile";
  /** The name that the module exports. */
  readonly symbol: string;
  readonly moduleBytes: number;
  readonly moduleChecksum: number;
}

/** `f(text,integer)`: what tells a function from others of its name. */
export function functionIdentity(name: string, types: readonly SqlType[]): string {
  return `${name}(${types.map(formatPlainType).join(",")})`;
}

/** The name in an identity. */
export function identityName(identity: string): string {
  return identity.slice(0, identity.lastIndexOf("("));
}

export function writeFunctions(name: string, functions: readonly StoredFunction[]): string {
  const overloads = functions.map((each) => ({
    parameters: each.parameters.map((parameter) => ({ name: parameter.name ?? null, type: spellType(parameter.type) })),
    returns: spellType(each.result),
    volatility: each.volatility,
    symbol: each.symbol,
    module_bytes: each.moduleBytes,
    module_crc32c: each.moduleChecksum,
  }));
  return JSON.stringify({ function_name: name, overloads });
}

export function readFunctions(text: string): readonly StoredFunction[] {
  const reader = new JsonReader("function", text);
  const root = reader.object(reader.root, "");
  const typeOf = (value: unknown): SqlType => {
    const type = parseTypeSpelling(reader.text(value, "type"));
    if (type === undefined) throw reader.broken("type");
    return type;
  };
  const numberOf = (value: unknown, where: string): number => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0) throw reader.broken(where);
    return value;
  };
  return reader.list(root.get("overloads"), "overloads").map((entry) => {
    const stored = reader.object(entry, "overloads");
    const volatility = stored.get("volatility");
    if (volatility !== "immutable" && volatility !== "stable" && volatility !== "volatile") throw reader.broken("volatility");
    const parameters = reader.list(stored.get("parameters"), "parameters").map((value): StoredParameter => {
      const parameter = reader.object(value, "parameters");
      return { name: reader.optionalText(parameter.get("name"), "name"), type: typeOf(parameter.get("type")) };
    });
    return {
      parameters,
      result: typeOf(stored.get("returns")),
      volatility,
      symbol: reader.text(stored.get("symbol"), "symbol"),
      moduleBytes: numberOf(stored.get("module_bytes"), "module_bytes"),
      moduleChecksum: numberOf(stored.get("module_crc32c"), "module_crc32c"),
    };
  });
}
