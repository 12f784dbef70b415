/**
 * DEBUG is a compile-time constant: true in the debug build (`--use ENGINE_DEBUG=1`), where assertions and invariant
 * checks run. Release code under `if (DEBUG)` is removed by the compiler.
 */
export const DEBUG: bool = isDefined(ENGINE_DEBUG);
