/**
 * What browser.test.ts has a page run besides the library: the suite of every platform, call logs, and
 * user-defined functions. Bundled into one script
 * that leaves them among the page's globals.
 */
import { loadExtension } from "../../host/extension/extension.ts";
import { playCallLog } from "./call-log.ts";
import { runLibrarySuite } from "./library-suite.ts";

/** What the script leaves behind. */
export interface ProgramScope {
  program: {
    readonly playCallLog: typeof playCallLog;
    readonly runLibrarySuite: typeof runLibrarySuite;
    readonly loadExtension: typeof loadExtension;
  };
}

(globalThis as unknown as ProgramScope).program = { loadExtension, playCallLog, runLibrarySuite };
