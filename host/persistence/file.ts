/**
 * Small things that every writer of files needs. A storage may take fewer bytes than it was given; whoever writes goes on
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
