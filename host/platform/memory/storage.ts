/**
 * A directory in memory: for tests, and for a log that only has to outlive its database inside one process. Syncs are
 * fulfilled at once; nothing is ever lost. Several storages may show one directory (`MemoryDirectory`), as processes do.
 */
import { DatabaseError } from "../../common/error.ts";
import type { Storage, StorageFile } from "../types.ts";

const CAPACITY_MIN = 1024;

/** Bytes that grow at the end. A gap that a write leaves is zero. */
export class MemoryContent {
  #bytes: Uint8Array;
  sizeBytes: number;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = bytes.slice();
    this.sizeBytes = bytes.length;
  }

  read(target: Uint8Array, offset: number): number {
    const count = Math.max(0, Math.min(target.length, this.sizeBytes - offset));
    target.set(this.#bytes.subarray(offset, offset + count));
    return count;
  }

  write(bytes: Uint8Array, offset: number): void {
    this.#reserve(offset + bytes.length);
    this.#bytes.set(bytes, offset);
    this.sizeBytes = Math.max(this.sizeBytes, offset + bytes.length);
  }

  /** Cuts the content, or lengthens it with zeros. */
  truncate(sizeBytes: number): void {
    this.#reserve(sizeBytes);
    if (sizeBytes < this.sizeBytes) this.#bytes.fill(0, sizeBytes, this.sizeBytes);
    this.sizeBytes = sizeBytes;
  }

  /** A copy of the content. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.sizeBytes);
  }

  #reserve(sizeBytes: number): void {
    if (sizeBytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(CAPACITY_MIN, sizeBytes, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.sizeBytes));
    this.#bytes = grown;
  }
}

/** What the disk holds. */
export class MemoryDirectory {
  readonly files = new Map<string, MemoryContent>();
  locked = false;
}

export class MemoryStorage implements Storage {
  readonly location = "memory";
  readonly #directory: MemoryDirectory;
  #locked = false;

  constructor(directory: MemoryDirectory = new MemoryDirectory()) {
    this.#directory = directory;
  }

  async lock(): Promise<void> {
    if (this.#directory.locked) throw new DatabaseError("DIRECTORY_LOCKED", "the directory in memory is in use");
    this.#directory.locked = true;
    this.#locked = true;
  }

  async unlock(): Promise<void> {
    if (this.#locked) this.#directory.locked = false;
    this.#locked = false;
  }

  async list(): Promise<string[]> {
    return [...this.#directory.files.keys()];
  }

  async open(name: string): Promise<StorageFile | undefined> {
    const content = this.#directory.files.get(name);
    return content === undefined ? undefined : new MemoryFile(name, content);
  }

  async create(name: string): Promise<StorageFile> {
    const content = new MemoryContent();
    this.#directory.files.set(name, content);
    return new MemoryFile(name, content);
  }

  async remove(name: string): Promise<void> {
    this.#directory.files.delete(name);
  }
}

class MemoryFile implements StorageFile {
  readonly name: string;
  readonly #content: MemoryContent;

  constructor(name: string, content: MemoryContent) {
    this.name = name;
    this.#content = content;
  }

  get sizeBytes(): number {
    return this.#content.sizeBytes;
  }

  read(target: Uint8Array, offset: number): number {
    return this.#content.read(target, offset);
  }

  write(bytes: Uint8Array, offset: number): number {
    this.#content.write(bytes, offset);
    return bytes.length;
  }

  truncate(sizeBytes: number): void {
    this.#content.truncate(sizeBytes);
  }

  async sync(): Promise<void> {}

  close(): void {}
}
