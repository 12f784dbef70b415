/**
 * Parameters and literals into values: from text, as the wire and statements have them, and from what JavaScript programs pass.
 *
 * Text becomes a value by the type's cast from text, fitted to its modifiers; of type `any` it stays text (a text that spells
 * a number meets numbers, host/query/README.md, "Norm"). JavaScript values that a type holds as they are need no text; all others
 * go through the text that PostgreSQL's clients send.
 */
import { SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_JSON, SLOT_NUMERIC, SLOT_TEXT } from "../../../assembly/abi/record.ts";
import { cypherError } from "../../common/cypher-error.ts";
import { DatabaseError } from "../../common/error.ts";
import { sqlError, sqlStateOf } from "../../common/sql-state.ts";
import { findCast, modifierCast } from "../function/cast.ts";
import type { LogicalPlan } from "../plan/operator.ts";
import { machineOf, plainType, type SqlType, slotOf } from "../type/type.ts";
import { cypherParameter, JsonParameters, packedParameters, ReadyParameter } from "./cypher-parameter.ts";
import type { Literal } from "./language.ts";
import type { Caller, Functions } from "./surroundings.ts";
import { bytesOfText, type Plain, stringOfBytes, type Value } from "./value.ts";

/** What programs may pass for a parameter. Objects and arrays stand for JSON, arrays for SQL arrays where one is wanted. */
export type Parameter = string | number | bigint | boolean | Date | Uint8Array | null | undefined | readonly unknown[] | object;

/** Parameters of a statement: in their order, or by name. */
export type Parameters = readonly Parameter[] | NamedParameters | JsonParameters;
export type NamedParameters = Readonly<Record<string, Parameter>>;

const TEXT = plainType("text");
const INTEGER_MIN = -(2n ** 63n);
const INTEGER_MAX = 2n ** 63n - 1n;

export class Input {
  readonly #functions: Functions;
  readonly #casts = new Map<string, Caller>();

  constructor(functions: Functions) {
    this.#functions = functions;
  }

  /** The value of a text in a type. Throws what the type's cast says, as 22P02. */
  fromText(text: string, type: SqlType): Value {
    return this.#fromBytes(bytesOfText(text), type);
  }

  /** The value of what a program passed. */
  fromParameter(given: Parameter, type: SqlType): Value {
    if (given === null || given === undefined) return null;
    if (given instanceof ReadyParameter) return given.value;
    if (type.name === "value") return cypherParameter(given);
    if (typeof given === "string") return this.fromText(given, type);
    if (machineOf(type) === "any") return this.#dynamic(given);
    if (given instanceof Uint8Array) return this.#fromByteArray(given, type);
    const direct = directValue(given, type);
    return direct === undefined ? this.fromText(parameterText(given, type), type) : this.#fit(direct, type);
  }

  /** Parameters in the order of the plan. Throws what is missing. */
  positional({ parameterNames }: LogicalPlan, given: Parameters): readonly Parameter[] {
    if (parameterNames === undefined) {
      if (isList(given)) return given;
      throw new DatabaseError("USAGE", "parameters of this statement are given in a list");
    }
    if (isList(given)) throw new DatabaseError("USAGE", "parameters of this statement are given by name");
    const named = given instanceof JsonParameters ? this.#jsonParameters(given) : given;
    return parameterNames.map((name) => {
      if (Object.hasOwn(named, name)) return named[name];
      throw cypherError("ParameterMissing", "MissingParameter", `expected parameter(s): ${name}`);
    });
  }

  /** Values of a plan's parameters: exactly as many as it has. */
  parameterValues(plan: LogicalPlan, given: readonly Parameter[]): Value[] {
    if (given.length !== plan.parameters.length) {
      throw sqlError("08P01", `the statement has ${plan.parameters.length} parameters, but ${given.length} were given`);
    }
    return plan.parameters.map((type, index) => this.fromParameter(given[index], type));
  }

  /** Values of a plan's literals, as the texts of the statement say. */
  literalValues(plan: LogicalPlan, literals: readonly Literal[]): Value[] {
    return plan.literals.map((literal) => this.fromLifted(literals, literal));
  }

  /** The value of a literal of a statement. */
  fromLiteral({ type: kind, value: text }: Literal, type: SqlType): Value {
    if (kind === "string") return this.fromText(text, type);
    if (kind === "float") return machineOf(type) === "any" ? { tag: SLOT_DOUBLE, value: Number(text) } : Number(text);
    if (machineOf(type) === "i64" && (kind === "integer" || kind === "bigint")) return BigInt(text);
    if (machineOf(type) === "f64") return Number(text);
    if (machineOf(type) !== "any") return this.fromText(text, type);
    if (kind === "integer" || kind === "bigint") return { tag: SLOT_INTEGER, value: BigInt(text) };
    return { tag: SLOT_NUMERIC, value: this.fromText(text, plainType("numeric")) as Plain };
  }

  /** The value of a literal that a plan uses, of those of its statement. */
  fromLifted(literals: readonly Literal[], { slot, negative, type }: LogicalPlan["literals"][number]): Value {
    const literal = literals[slot];
    if (literal === undefined) throw sqlError("XX000", `there is no literal ${slot}`);
    return this.fromLiteral(negative ? { ...literal, value: `-${literal.value}` } : literal, type);
  }

  #jsonParameters({ text }: JsonParameters): NamedParameters {
    try {
      return packedParameters(this.fromText(text, plainType("json")) as string);
    } catch (error) {
      if (!(error instanceof DatabaseError) || sqlStateOf(error) !== "22P02") throw error;
      throw cypherError("ArgumentError", "InvalidArgumentValue", "parameters are no JSON");
    }
  }

  #fromBytes(bytes: string, type: SqlType): Value {
    switch (slotOf(type)) {
      case SLOT_TEXT:
        return this.#fit(bytes, type);
      case 0:
        return { tag: SLOT_TEXT, value: bytes };
      default:
        return this.#fit(this.#cast(type)([bytes]), type);
    }
  }

  #fromByteArray(given: Uint8Array, type: SqlType): Value {
    const bytes = stringOfBytes(given);
    return type.name === "bytea" ? bytes : this.#fromBytes(bytes, type);
  }

  /** Of type `any`: each value as its kind. */
  #dynamic(given: Exclude<Parameter, string | null | undefined>): Value {
    if (typeof given === "boolean") return { tag: SLOT_BOOLEAN, value: given };
    if (typeof given === "number" && !Number.isInteger(given)) return { tag: SLOT_DOUBLE, value: given };
    if (typeof given === "number" && Object.is(given, -0)) return { tag: SLOT_DOUBLE, value: given };
    if (typeof given === "number" || typeof given === "bigint") {
      const whole = BigInt(given);
      if (whole >= INTEGER_MIN && whole <= INTEGER_MAX) return { tag: SLOT_INTEGER, value: whole };
      return { tag: SLOT_DOUBLE, value: Number(given) };
    }
    if (given instanceof Uint8Array) return { tag: SLOT_TEXT, value: stringOfBytes(given) };
    if (given instanceof Date) return { tag: SLOT_TEXT, value: given.toISOString() };
    return { tag: SLOT_JSON, value: this.fromText(jsonText(given), plainType("jsonb")) as Plain };
  }

  #fit(value: Value, type: SqlType): Value {
    if (type.modifiers.length === 0 || value === null) return value;
    const fitting = modifierCast(type, false);
    return fitting === undefined ? value : this.#functions.caller(fitting.implementation, fitting.parameters, fitting.result)([value]);
  }

  #cast(type: SqlType): Caller {
    const key = type.element === undefined ? type.name : `${type.element.name}[]`;
    let caller = this.#casts.get(key);
    if (caller === undefined) {
      const found = findCast(TEXT, type);
      if (found === undefined) throw sqlError("0A000", `a parameter of type ${key} is not supported`);
      caller = this.#functions.caller(found.function.implementation, found.function.parameters, type);
      this.#casts.set(key, caller);
    }
    return caller;
  }
}

/** Array.isArray, which does not know lists that are readonly. */
function isList(given: Parameters): given is readonly Parameter[] {
  return Array.isArray(given);
}

/** The value where JavaScript's is the type's; undefined: it goes through text. */
function directValue(given: Exclude<Parameter, string | null | undefined>, type: SqlType): Value | undefined {
  switch (type.name) {
    case "boolean":
      return typeof given === "boolean" ? given : undefined;
    case "double precision":
      return typeof given === "number" ? given : undefined;
    case "bigint": {
      if (typeof given !== "bigint" && !Number.isSafeInteger(given)) return undefined;
      const whole = BigInt(given as number | bigint);
      return whole >= INTEGER_MIN && whole <= INTEGER_MAX ? whole : undefined;
    }
    case "integer":
      return typeof given === "number" && (given | 0) === given ? BigInt(given) : undefined;
    default:
      return undefined;
  }
}

/** The text that stands for a value of JavaScript. Throws USAGE for what has none. */
function parameterText(given: Exclude<Parameter, string | null | undefined>, type: SqlType): string {
  if (type.name === "json" || type.name === "jsonb") return jsonText(given);
  if (typeof given === "number" || typeof given === "bigint" || typeof given === "boolean") return String(given);
  if (given instanceof Date) return given.toISOString();
  if (type.name === "array" && Array.isArray(given)) return arrayText(given);
  if (slotOf(type) === SLOT_TEXT && typeof given === "object") return jsonText(given);
  throw new DatabaseError("USAGE", `a parameter of type ${type.name} cannot be ${describe(given)}`);
}

function describe(given: unknown): string {
  if (Array.isArray(given)) return "an array";
  return typeof given === "object" ? "an object" : `a ${typeof given}`;
}

function jsonText(given: unknown): string {
  const text = JSON.stringify(given, (_name, value: unknown) => (typeof value === "bigint" ? Number(value) : value)) as string | undefined;
  if (text === undefined) throw new DatabaseError("USAGE", "a parameter has no JSON text");
  return text;
}

/** A literal of an array as PostgreSQL reads it: every element but numbers quoted. */
function arrayText(items: readonly unknown[]): string {
  const parts = items.map((item) => {
    if (item === null || item === undefined) return "NULL";
    if (Array.isArray(item)) return arrayText(item);
    if (typeof item === "number" || typeof item === "bigint" || typeof item === "boolean") return String(item);
    const text = item instanceof Date ? item.toISOString() : typeof item === "string" ? item : jsonText(item);
    return `"${text.replace(/["\\]/g, "\\$&")}"`;
  });
  return `{${parts.join(",")}}`;
}
