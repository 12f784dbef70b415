/**
 * Storage on a SimulatedDisk: one per process that uses it. A process that went down with the disk gets errors for ever; the
 * next one has a storage of its own.
 */
import { DatabaseError } from "../../common/error.ts";
import type { Storage, StorageFile } from "../types.ts";
import type { SimulatedContent, SimulatedDisk } from "./disk.ts";

export class SimulatedStorage implements Storage {
  readonly location = "simulated";
  readonly #disk: SimulatedDisk;
  readonly #boot: number;
  #locked = false;

  constructor(disk: SimulatedDisk) {
    this.#disk = disk;
    this.#boot = disk.boot;
  }

  async lock(): Promise<void> {
    this.#disk.check(this.#boot);
    if (this.#disk.locked) throw new DatabaseError("DIRECTORY_LOCKED", "the simulated directory is in use");
    this.#disk.locked = true;
    this.#locked = true;
  }

  async unlock(): Promise<void> {
    if (this.#locked && this.#boot === this.#disk.boot) this.#disk.locked = false;
    this.#locked = false;
  }

  async list(): Promise<string[]> {
    this.#disk.check(this.#boot);
    return [...this.#disk.files.keys()];
  }

  async open(name: string): Promise<StorageFile | undefined> {
    this.#disk.check(this.#boot);
    const content = this.#disk.files.get(name);
    return content === undefined ? undefined : new SimulatedFile(this.#disk, name, content);
  }

  async create(name: string): Promise<StorageFile> {
    this.#disk.check(this.#boot);
    const content = this.#disk.create(name);
    await this.#disk.delay();
    this.#disk.check(this.#boot);
    this.#disk.syncNames();
    return new SimulatedFile(this.#disk, name, content);
  }

  async remove(name: string): Promise<void> {
    this.#disk.check(this.#boot);
    this.#disk.remove(name);
  }
}

class SimulatedFile implements StorageFile {
  readonly name: string;
  readonly #disk: SimulatedDisk;
  readonly #boot: number;
  readonly #content: SimulatedContent;

  constructor(disk: SimulatedDisk, name: string, content: SimulatedContent) {
    this.#disk = disk;
    this.#boot = disk.boot;
    this.name = name;
    this.#content = content;
  }

  get sizeBytes(): number {
    this.#disk.check(this.#boot);
    return this.#content.seen.length;
  }

  read(target: Uint8Array, offset: number): number {
    this.#disk.check(this.#boot);
    const bytes = this.#content.seen.subarray(offset, offset + target.length);
    target.set(bytes);
    return bytes.length;
  }

  write(bytes: Uint8Array, offset: number): number {
    this.#disk.check(this.#boot);
    return this.#disk.write(this.#content, bytes, offset);
  }

  truncate(sizeBytes: number): void {
    this.#disk.check(this.#boot);
    this.#disk.truncate(this.#content, sizeBytes);
  }

  async sync(): Promise<void> {
    this.#disk.check(this.#boot);
    return this.#disk.sync(this.#content);
  }

  close(): void {}
}
