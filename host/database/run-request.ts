/**
 * One command of a program, or of the database itself, in an engine session: written straight to the input area, or as an encoded request where
 * it does not fit there.
 */
import { EXECUTE_DONE, EXECUTE_READY } from "../../assembly/abi/status.ts";
import type { Engine } from "../engine/engine.ts";
import { encodeRequest } from "../resp/decoder.ts";

/** Runs a command as far as the engine can. Returns an EXECUTE_* number; keys that it has made ready are the caller's to serve. */
export function runRequest(engine: Engine, handle: number, args: readonly (string | Uint8Array)[], nowMs: number): number {
  const direct = engine.callArguments(handle, args, nowMs);
  if (direct >= 0) return direct;
  const request = encodeRequest(args);
  let status: number = EXECUTE_DONE;
  for (let offset = 0; offset < request.length && status === EXECUTE_DONE; ) {
    const length = engine.loadInput(request, offset);
    offset += length;
    status = engine.execute(handle, length, nowMs);
  }
  return status === EXECUTE_READY ? engine.resume(handle, nowMs) : status;
}
