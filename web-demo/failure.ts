/**
 * Why a database cannot be opened, in words for the person at the page, by the code of the error.
 */
import { DatabaseError } from "../host/common/error.ts";

export interface Explanation {
  readonly title: string;
  readonly text: string;
  /** The error's own words, where ours do not say all. */
  readonly detail?: string;
  /** What the button says that opens the database again. */
  readonly again?: string;
}

/** `name`: of the database. */
export function explain(error: unknown, name: string): Explanation {
  const detail = error instanceof Error ? error.message : String(error);
  switch (error instanceof DatabaseError ? error.code : undefined) {
    case "DIRECTORY_LOCKED":
      return {
        title: "Another tab has this database",
        text: `The database "${name}" can be open in one tab at a time. Close the other tab, or go on there.`,
      };
    case "CLOSED":
      return { title: "The database is closed", text: "A command has ended it. What was acknowledged is stored.", again: "Open again" };
    case "STORAGE_FULL":
      return {
        title: "There is no room left",
        text: "The browser gives this page no more storage. Free some space on the disk, or delete stored data of other sites.",
        detail,
      };
    case "FILE_CORRUPT":
    case "FILE_FOREIGN":
      return { title: "The stored files cannot be read", text: "They are left as they are; nothing was overwritten.", detail };
    case "FILE_VERSION":
      return {
        title: "The stored files are of a newer version",
        text: "A newer MemFlux has written them. They are left as they are.",
        detail,
      };
    case "STORAGE_UNAVAILABLE":
      return {
        title: "The browser does not let this page store data",
        text: "Private windows and pages without https often may not.",
        detail,
      };
    case "STORAGE_FAILED":
      return { title: "The stored files could not be read or written", text: "What was stored is left as it is.", detail };
    case "WORKER_FAILED":
    case "ENGINE_INVALID":
      return { title: "The database could not be started", text: "A part of this page did not load. Reloading may help.", detail };
    default:
      return { title: "The database could not be opened", text: "This is what the program says:", detail };
  }
}
