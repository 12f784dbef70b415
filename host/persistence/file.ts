/**
 * Small things that everybody who reads or writes files needs. A storage may take fewer bytes than it was given; whoever writes goes on
 * with the rest, and treats a storage that takes none as failed.
 */
import { DatabaseError } from "../common/error.ts";
import type { StorageFile } from "../platform/types.ts";

/** Writes all of `bytes`. Throws STORAGE_FULL or STORAGE_FAILED, and some of them may have been written then. */
export function writeAll(file: StorageFile, bytes: Uint8Array, offset: number): void {
  let done = 0;
  while (done < bytes.length) {
    const count = file.write(done === 0 ? bytes : bytes.subarray(done), offset + done);
    if (count <= 0) throw new DatabaseError("STORAGE_FAILED", `${file.name} takes no more bytes at ${offset + done}`);
    done += count;
  }
}

/** A file of a format that only a later program knows. */
export function newerVersion(place: string, version: number, versionMax: number): DatabaseError {
  return new DatabaseError(
    "FILE_VERSION",
    `${place} has format version ${version}; this MemFlux reads up to ${versionMax}. Use a newer MemFlux, or choose another directory with --dir`,
  );
}

/** A file of somebody else where ours should be. */
export function foreign(problem: string): DatabaseError {
  return new DatabaseError("FILE_FOREIGN", `${problem}. Move it away, or choose another directory with --dir`);
}
