/**
 * Modules of functions for SQL in a page's worker: those that come with MemFlux, loaded when one of them is called. There are no files
 * to read others from: a page gives them in base64.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { ModuleSource } from "../types.ts";
import { browserScope } from "./runtime.ts";

const STATUS_OK = 200;

export class BrowserModules implements ModuleSource {
  /** Where dist/functions.wasm lies, or its bytes. */
  functions: string | Uint8Array = "";

  own(): Uint8Array {
    if (typeof this.functions === "string") this.functions = fetchAtOnce(this.functions);
    return this.functions;
  }

  read(path: string): Uint8Array {
    throw sqlError("0A000", `a page has no files such as "${path}" (HINT: Give the module in base64.)`);
  }
}

/** A statement does not wait, and a worker may. */
function fetchAtOnce(place: string): Uint8Array {
  const { XMLHttpRequest: Request } = browserScope;
  if (Request === undefined) throw sqlError("58P01", `the functions cannot be loaded from ${place}`);
  const request = new Request();
  try {
    request.open("GET", place, false);
    request.responseType = "arraybuffer";
    request.send();
  } catch (cause) {
    throw sqlError("58P01", `the functions cannot be loaded from ${place}: ${(cause as Error).message}`);
  }
  if (request.status !== STATUS_OK) throw sqlError("58P01", `the functions cannot be loaded from ${place}: status ${request.status}`);
  return new Uint8Array(request.response as ArrayBuffer);
}
