/**
 * CREATE FUNCTION ... LANGUAGE wasm and DROP FUNCTION.
 *
 * 1. A function is its keys (function-json.ts): what is logged, replayed, flushed and deleted are ordinary keys. The module is written
 *    before the function that needs it, and deleted behind it.
 * 2. The module is loaded and its types are compared with those that are declared before anything is written.
 * 3. What a view, a CHECK or a DEFAULT uses is not dropped before it; with CASCADE a view goes too. A call in a CHECK or DEFAULT is told by
 *    name and number of arguments.
 */
import { crc32c } from "../../common/checksum.ts";
import { sqlError } from "../../common/sql-state.ts";
import { loadExtension } from "../../extension/extension.ts";
import type { ParsedCreateFunction, ParsedDroppedObject, ParsedParameterDefinition } from "../ast/definition.ts";
import type { ParsedType } from "../ast/name.ts";
import { FUNCTION_KEYS, functionIdentity, type StoredFunction, writeFunctions } from "../catalog/function-json.ts";
import { readTable } from "../catalog/schema-json.ts";
import { findFunctions, isAggregate } from "../function/table.ts";
import { parseSql } from "../parser/sql/parse.ts";
import { sameType } from "../type/category.ts";
import { typeNamed } from "../type/name.ts";
import type { SqlType } from "../type/type.ts";
import { SCHEMA_KEYS } from "./engine-tables.ts";
import { bytesOfBase64, identityOf, moduleKey } from "./extension-functions.ts";
import { checkTypes } from "./extension-value.ts";
import { type DefinitionPlace, releaseDependents } from "./view-definition.ts";

/** How base64 of a module begins: `\0asm`. */
const BASE64_START = "AGFzb";
const PARAMETERS_MAX = 100;
const LANGUAGE = "wasm";

export function createFunction(place: DefinitionPlace, name: string, statement: ParsedCreateFunction): void {
  const { tables, functions, database } = place;
  if (statement.language.folded !== LANGUAGE) {
    throw sqlError("42704", `language "${statement.language.folded}" does not exist (HINT: Functions are written in wasm.)`);
  }
  if (statement.returns === undefined) throw sqlError("42P13", "function result type must be specified");
  const parameters = statement.parameters.map((parameter) => ({ name: parameter.name?.folded, type: parameterType(parameter) }));
  refuseParameters(parameters.map((parameter) => parameter.name));
  const types = parameters.map(({ type }) => type);
  const all = functions.stored(database, name);
  const old = all.find((each) => isFor(each, types));
  const identity = functionIdentity(name, types);
  if (isBuiltIn(name, types) || (old !== undefined && !statement.orReplace)) {
    throw sqlError("42723", `function "${name}" already exists with same argument types`);
  }
  const result = typeOf(statement.returns);
  if (old !== undefined && !sameType(old.result, result)) {
    throw sqlError("42P13", `cannot change return type of existing function (HINT: Use DROP FUNCTION ${identity} first.)`);
  }
  const bytes = moduleBytes(statement.source, place.readModule);
  const extension = loadExtension(bytes);
  const symbol = statement.symbol ?? exportedName(statement.names.at(-1)?.text ?? name, [...extension.functions.keys()]);
  checkTypes(symbol, extension.signature(symbol), types, result);
  const { volatility } = statement;
  const stored: StoredFunction = {
    parameters,
    result,
    volatility: volatility === "IMMUTABLE" ? "immutable" : volatility === "STABLE" ? "stable" : "volatile",
    symbol,
    moduleBytes: bytes.length,
    moduleChecksum: crc32c(bytes),
  };
  const key = moduleKey(name, stored);
  const oldKey = old === undefined ? undefined : moduleKey(name, old);
  tables.writeKey(database, key, base64OfBytes(bytes));
  try {
    tables.writeKey(database, FUNCTION_KEYS + name, writeFunctions(name, [...all.filter((each) => each !== old), stored]));
  } catch (error) {
    if (key !== oldKey) tables.deleteKey(database, key);
    throw error;
  } finally {
    functions.changed();
  }
  if (oldKey !== undefined && oldKey !== key) tables.deleteKey(database, oldKey);
}

/** Drops one of a name's functions. */
export function dropFunction(
  place: DefinitionPlace,
  name: string,
  { parameterTypes }: ParsedDroppedObject,
  ifExists: boolean,
  cascade: boolean,
): void {
  const { tables, functions, database } = place;
  const all = functions.stored(database, name);
  const types = parameterTypes?.map(typeOf);
  const fitting = types === undefined ? all : all.filter((each) => isFor(each, types));
  const [dropped, second] = fitting;
  if (dropped === undefined) {
    refuseBuiltIn(name, types);
    if (ifExists) return;
    const missing =
      types === undefined ? `could not find a function named "${name}"` : `function ${functionIdentity(name, types)} does not exist`;
    throw sqlError("42883", missing);
  }
  if (second !== undefined) {
    const hint = "Specify the argument list to select the function unambiguously.";
    throw sqlError("42725", `function name "${name}" is not unique (HINT: ${hint})`);
  }
  const identity = identityOf(name, dropped);
  refuseTables(place, name, dropped);
  releaseDependents(place, "function", FUNCTION_KEYS + identity, cascade, identity);
  const rest = all.filter((each) => each !== dropped);
  if (rest.length === 0) tables.deleteKey(database, FUNCTION_KEYS + name);
  else tables.writeKey(database, FUNCTION_KEYS + name, writeFunctions(name, rest));
  tables.deleteKey(database, moduleKey(name, dropped));
  functions.changed();
}

function typeOf(parsed: ParsedType): SqlType {
  const type = typeNamed(parsed);
  if ("state" in type) throw sqlError(type.state, type.message);
  return type.element === undefined ? { ...type, modifiers: [] } : type;
}

function parameterType({ type, value }: ParsedParameterDefinition): SqlType {
  if (value !== undefined) throw sqlError("0A000", "default values of parameters are not supported");
  return typeOf(type);
}

function refuseParameters(names: readonly (string | undefined)[]): void {
  if (names.length > PARAMETERS_MAX) throw sqlError("54023", `functions cannot have more than ${PARAMETERS_MAX} arguments`);
  const twice = names.find((name, index) => name !== undefined && names.indexOf(name) !== index);
  if (twice !== undefined) throw sqlError("42P13", `parameter name "${twice}" used more than once`);
}

function isFor({ parameters }: StoredFunction, types: readonly SqlType[]): boolean {
  return parameters.length === types.length && parameters.every(({ type }, index) => sameType(type, types[index]!));
}

/** Functions of the table are found first, so a like one of a user would never be called. */
function isBuiltIn(name: string, types: readonly SqlType[]): boolean {
  if (isAggregate(name)) return true;
  return findFunctions(name, undefined).some(
    ({ parameters }) => parameters.length === types.length && parameters.every((type, index) => sameType(type, types[index]!)),
  );
}

function refuseBuiltIn(name: string, types: readonly SqlType[] | undefined): void {
  const [first] = findFunctions(name, undefined);
  if (first === undefined || (types !== undefined && !isBuiltIn(name, types))) return;
  const identity = functionIdentity(name, types ?? first.parameters);
  throw sqlError("2BP01", `cannot drop function ${identity} because it is required by the database system`);
}

/** The module in base64, or in a file. */
function moduleBytes(source: string, readModule: (path: string) => Uint8Array): Uint8Array {
  const start = source.trimStart();
  if (!start.startsWith(BASE64_START)) return readModule(source);
  const bytes = bytesOfBase64(start);
  if (bytes === undefined) throw sqlError("22023", "the module is not in base64");
  return bytes;
}

const PIECE = 0x8000;

function base64OfBytes(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += PIECE) text += String.fromCharCode(...bytes.subarray(start, start + PIECE));
  return btoa(text);
}

/** What the module exports under the name as it is written, or as the only one that matches without regard to case. */
function exportedName(written: string, exported: readonly string[]): string {
  if (exported.includes(written)) return written;
  const matching = exported.filter((name) => name.toLowerCase() === written.toLowerCase());
  return matching.length === 1 ? matching[0]! : written;
}

/** Refuses while a table's CHECK or DEFAULT calls the function. */
function refuseTables({ tables, database }: DefinitionPlace, name: string, { parameters, ...rest }: StoredFunction): void {
  const identity = identityOf(name, { parameters, ...rest });
  const calls = (text: string): boolean => callsFunction(parseSql(`SELECT ${text}`), name, parameters.length);
  for (const own of tables.namesUnder(database, SCHEMA_KEYS)) {
    const text = tables.readKey(database, SCHEMA_KEYS + own);
    if (text === undefined) continue;
    const table = readTable(text);
    const check = table.checks.find((each) => calls(each.text));
    const column = table.columns.find(({ defaultText }) => defaultText !== undefined && calls(defaultText));
    if (check === undefined && column === undefined) continue;
    const user = check === undefined ? `default value for column ${column?.name}` : `constraint ${check.name}`;
    const detail = `${user} of table ${table.name} depends on function ${identity}`;
    throw sqlError("2BP01", `cannot drop function ${identity} because other objects depend on it (DETAIL: ${detail})`);
  }
}

function callsFunction(node: unknown, name: string, count: number): boolean {
  if (Array.isArray(node)) return node.some((each) => callsFunction(each, name, count));
  if (typeof node !== "object" || node === null) return false;
  const call = node as {
    readonly kind?: string;
    readonly names?: readonly { readonly folded: string }[];
    readonly arguments?: readonly unknown[];
  };
  if (call.kind === "ParsedCall" && call.arguments?.length === count) {
    const parts = call.names?.map(({ folded }) => folded) ?? [];
    if ((parts.length > 1 && parts[0] === "public" ? parts.slice(1) : parts).join(".") === name) return true;
  }
  return Object.values(node).some((each) => callsFunction(each, name, count));
}
