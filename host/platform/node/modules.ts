/**
 * Modules of functions for SQL in files. They are read at once, since a statement does not wait.
 *
 * 1. The program that holds the database may name any file, relative to its working directory.
 * 2. A client of a server may name files of one directory that the operator has chosen, and of those below it: neither `..` nor a
 *    symbolic link leads out of it. What cannot be read there and what does not exist there are the same to it.
 */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { resolve, sep } from "node:path";
import { sqlError } from "../../common/sql-state.ts";
import type { ModuleSource } from "../types.ts";

/** Bytes above which a file is no module that could be used. */
const FILE_BYTES_MAX = 16_777_216;

export class NodeModules implements ModuleSource {
  readonly #own: readonly (string | URL)[];
  readonly #directory: () => string;

  /** `own`: places of the module that comes with MemFlux, of which the first that is there counts. `directory`: of clients, or "". */
  constructor(own: readonly (string | URL)[], directory: () => string) {
    this.#own = own;
    this.#directory = directory;
  }

  own(): Uint8Array {
    for (const place of this.#own) {
      try {
        return readFileSync(place);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw unreadable(String(place), error);
      }
    }
    throw sqlError("58P01", "functions.wasm is missing (was the project built?)");
  }

  read(path: string, byProgram: boolean): Uint8Array {
    if (path.includes("\0")) throw unreadable(path, undefined);
    return readModule(path, byProgram ? resolve(path) : this.#clientPath(path));
  }

  #clientPath(path: string): string {
    const directory = this.#directory();
    if (directory === "") {
      const hint = "The server's option functions_dir names a directory for them; a module in base64 needs none.";
      throw sqlError("42501", `permission denied to read a module from a file (HINT: ${hint})`);
    }
    try {
      const root = realpathSync(directory);
      const file = realpathSync(resolve(root, path));
      if (file.startsWith(root.endsWith(sep) ? root : root + sep)) return file;
    } catch (error) {
      throw unreadable(path, error);
    }
    throw unreadable(path, undefined);
  }
}

function readModule(path: string, file: string): Uint8Array {
  try {
    const facts = statSync(file);
    if (facts.isFile() && facts.size <= FILE_BYTES_MAX) return readFileSync(file);
  } catch (error) {
    throw unreadable(path, error);
  }
  throw unreadable(path, undefined);
}

function unreadable(path: string, cause: unknown): Error {
  const error = sqlError("58P01", `could not access file "${path}"`);
  if (cause !== undefined) error.cause = cause;
  return error;
}
