/**
 * What can go wrong with a user-defined function. Messages end in the SQLSTATE in brackets, as those of SQL statements do.
 */
import { DatabaseError } from "../common/error.ts";

/** A module or a signature that cannot be used (invalid_function_definition). */
export function invalidExtension(problem: string, cause?: unknown): DatabaseError {
  return new DatabaseError("EXTENSION_INVALID", `${problem} [42P13]`, { cause });
}

/** A function that the module does not have (undefined_function). */
export function missingFunction(problem: string): DatabaseError {
  return new DatabaseError("EXTENSION_FUNCTION_MISSING", `${problem} [42883]`);
}

/** A value that a parameter's type cannot hold (numeric_value_out_of_range) or that is of another kind (datatype_mismatch). */
export function wrongArgument(problem: string, state: "22003" | "42804"): DatabaseError {
  return new DatabaseError("EXTENSION_ARGUMENT", `${problem} [${state}]`);
}

/** A function that has failed (external_routine_exception). */
export function failedFunction(problem: string, cause?: unknown): DatabaseError {
  return new DatabaseError("EXTENSION_FAILED", `${problem} [38000]`, { cause });
}

/** A function whose result is none (external_routine_invocation_exception). */
export function badResult(problem: string): DatabaseError {
  return new DatabaseError("EXTENSION_FAILED", `${problem} [39000]`);
}

/** A function that wanted more memory than its module may have (out_of_memory). */
export function extensionOutOfMemory(problem: string, cause?: unknown): DatabaseError {
  return new DatabaseError("EXTENSION_OUT_OF_MEMORY", `${problem} [53200]`, { cause });
}
