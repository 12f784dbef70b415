/**
 * Values of SQL as functions of modules take and give them: which types of a module carry a type of SQL, and the way there and back.
 *
 * 1. An integer type of SQL goes with every integer type of a module: what does not fit is 22003, in both directions.
 * 2. Nothing is rounded on the way in: a double precision needs an f64; a result may be an f32.
 * 3. Text is exact, save that a lone surrogate of a result becomes U+FFFD: it has no UTF-8.
 */
import { sqlError } from "../../common/sql-state.ts";
import { type ExtensionType, type ExtensionValue, INTEGER_RANGES, type Signature } from "../../extension/types.ts";
import { formatPlainType } from "../type/name.ts";
import type { SqlType, TypeName } from "../type/type.ts";
import { bytesOfString, bytesOfText, stringOfBytes, textOfBytes, type Value } from "./value.ts";

interface Carriers {
  readonly taken: readonly ExtensionType[];
  readonly given: readonly ExtensionType[];
}

const INTEGERS = Object.keys(INTEGER_RANGES) as ExtensionType[];
const WHOLE: Carriers = { taken: INTEGERS, given: INTEGERS };
const TEXT: Carriers = { taken: ["string"], given: ["string"] };
const BYTES: readonly ExtensionType[] = ["Uint8Array", "Uint8ClampedArray", "ArrayBuffer"];

/** By type of SQL: the module's types. */
const CARRIERS: Partial<Readonly<Record<TypeName, Carriers>>> = {
  boolean: { taken: ["bool"], given: ["bool"] },
  smallint: WHOLE,
  integer: WHOLE,
  bigint: WHOLE,
  real: { taken: ["f32", "f64"], given: ["f32"] },
  "double precision": { taken: ["f64"], given: ["f32", "f64"] },
  text: TEXT,
  "character varying": TEXT,
  bytea: { taken: BYTES, given: BYTES },
};

const INTEGER_BITS: Partial<Readonly<Record<TypeName, number>>> = { smallint: 16, integer: 32, bigint: 64 };

/** Throws 42P13 where a type of SQL cannot go to or come from the module's, or their numbers differ. */
export function checkTypes(name: string, { parameters, result }: Signature, sqlParameters: readonly SqlType[], sqlResult: SqlType): void {
  if (parameters.length !== sqlParameters.length) {
    const declared = `${sqlParameters.length} are declared`;
    throw sqlError("42P13", `function ${name} takes ${parameters.length} arguments in its module, and ${declared}`);
  }
  for (const [index, type] of sqlParameters.entries()) {
    checkType(`argument ${index + 1} of function ${name}`, type, parameters[index]!, "taken");
  }
  checkType(`the result of function ${name}`, sqlResult, result, "given");
}

function checkType(place: string, type: SqlType, own: ExtensionType, way: keyof Carriers): void {
  const carriers = CARRIERS[type.name]?.[way];
  if (carriers === undefined) {
    const known = Object.keys(CARRIERS).join(", ");
    throw sqlError("42P13", `${place} cannot be of type ${formatPlainType(type)} (HINT: Functions in wasm know ${known}.)`);
  }
  if (!carriers.includes(own)) {
    throw sqlError("42P13", `${place} is ${own} in the module, which ${formatPlainType(type)} does not go with`);
  }
}

/** The argument as the module's type. Requires: `checkTypes` has passed, and the value is not NULL. */
export function toModule(value: Value, type: SqlType, own: ExtensionType): ExtensionValue {
  if (typeof value !== "string") return value as ExtensionValue;
  if (type.name !== "bytea") return textOfBytes(value);
  const bytes = bytesOfString(value);
  if (own === "ArrayBuffer") return bytes.buffer;
  return own === "Uint8Array" ? bytes : new Uint8ClampedArray(bytes.buffer);
}

/** The result as a value of SQL. Throws 22003. */
export function fromModule(value: ExtensionValue, type: SqlType): Value {
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return bytesOfText(value);
    case "object":
      if (value === null) return null;
      return stringOfBytes(value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer));
    default: {
      const bits = INTEGER_BITS[type.name];
      if (bits === undefined) return Number(value);
      const whole = BigInt(value);
      if (BigInt.asIntN(bits, whole) !== whole) throw sqlError("22003", `${type.name} out of range`);
      return whole;
    }
  }
}
