/**
 * The manifest: which files make up the database. This file owns its format. Numbers are little-endian.
 *
 *   slot 0 at offset 0, slot 1 at offset 4096; a slot is 128 bytes
 *     magic "MFLUXDB1"              0    8
 *     version, 1                    8    4
 *     zero                         12    4
 *     generation                   16    8   rises with each write; its parity is the slot
 *     id of the database           24   16
 *     seed of the engine           40    8
 *     epoch                        48    8   of the last start
 *     first segment                56    4   number of the oldest segment that is needed
 *     image                        60    4   number of a snapshot that comes before it; 0: none, which is all there is so far
 *     base sequence                64    8   of the last frame before the first segment
 *     known sequence               72    8   the log had at least this frame, synced, when the slot was written
 *     base checksum                80    4   CRC of the frame with the base sequence; 0 for sequence 0
 *     zero                         84   40
 *     CRC-32C of bytes 0..123     124    4
 *
 * Writing a slot and syncing it is the commit point of everything that creates or drops files; no name is ever changed,
 * since a rename can't be made durable everywhere. The other slot stays whole meanwhile, so a crash leaves the old state or the new.
 */
import { crc32c } from "../common/checksum.ts";
import type { Storage, StorageFile } from "../platform/types.ts";
import { isBlank, isEqual, readU64, viewOf, writeU64 } from "./bytes.ts";
import { foreign, newerVersion, writeAll } from "./file.ts";

export const MANIFEST_NAME = "manifest";
export const MANIFEST_VERSION = 1;
const SLOT_BYTES = 128;
const SLOT_STRIDE = 4096;
const CHECKED_BYTES = 124;
const MAGIC = new TextEncoder().encode("MFLUXDB1");

export interface Manifest {
  readonly databaseId: Uint8Array;
  readonly seed: Uint8Array;
  readonly epoch: number;
  readonly firstSegment: number;
  readonly image: number;
  readonly baseSequence: number;
  readonly baseChecksum: number;
  readonly knownSequence: number;
}

/** The manifest's file, and what its newer slot says; `manifest` is undefined when neither slot was ever whole. */
export class ManifestFile {
  readonly #file: StorageFile;
  #generation: number;
  #manifest: Manifest | undefined;

  private constructor(file: StorageFile, generation: number, manifest: Manifest | undefined) {
    this.#file = file;
    this.#generation = generation;
    this.#manifest = manifest;
  }

  /** Opens the manifest; undefined when there is none. Throws FILE_FOREIGN or FILE_VERSION. */
  static async open(storage: Storage): Promise<ManifestFile | undefined> {
    const file = await storage.open(MANIFEST_NAME);
    if (file === undefined) return undefined;
    const place = `${storage.location}/${MANIFEST_NAME}`;
    try {
      const slots = [0, 1].map((slot) => readSlot(file, slot, place)).filter((slot) => slot !== undefined);
      const newest = slots.sort((left, right) => right.generation - left.generation)[0];
      if (newest === undefined) checkUnfinished(file, place);
      return new ManifestFile(file, newest?.generation ?? 0, newest?.manifest);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  static async create(storage: Storage): Promise<ManifestFile> {
    return new ManifestFile(await storage.create(MANIFEST_NAME), 0, undefined);
  }

  get manifest(): Manifest | undefined {
    return this.#manifest;
  }

  /** Replaces what the manifest says; it survives a power loss once the promise is fulfilled. */
  async write(manifest: Manifest): Promise<void> {
    const generation = this.#generation + 1;
    writeAll(this.#file, encodeSlot(manifest, generation), (generation % 2) * SLOT_STRIDE);
    await this.#file.sync();
    this.#generation = generation;
    this.#manifest = manifest;
  }

  close(): void {
    this.#file.close();
  }
}

function encodeSlot(manifest: Manifest, generation: number): Uint8Array {
  const bytes = new Uint8Array(SLOT_BYTES);
  const view = viewOf(bytes);
  bytes.set(MAGIC);
  view.setUint32(8, MANIFEST_VERSION, true);
  writeU64(view, 16, generation);
  bytes.set(manifest.databaseId, 24);
  bytes.set(manifest.seed, 40);
  writeU64(view, 48, manifest.epoch);
  view.setUint32(56, manifest.firstSegment, true);
  view.setUint32(60, manifest.image, true);
  writeU64(view, 64, manifest.baseSequence);
  writeU64(view, 72, manifest.knownSequence);
  view.setUint32(80, manifest.baseChecksum, true);
  view.setUint32(CHECKED_BYTES, crc32c(bytes, 0, 0, CHECKED_BYTES), true);
  return bytes;
}

/** A slot that is whole, or undefined. Throws FILE_VERSION for a whole one of a newer format. */
function readSlot(file: StorageFile, slot: number, place: string): { generation: number; manifest: Manifest } | undefined {
  const bytes = new Uint8Array(SLOT_BYTES);
  if (file.read(bytes, slot * SLOT_STRIDE) < SLOT_BYTES) return undefined;
  const view = viewOf(bytes);
  if (!isEqual(bytes.subarray(0, MAGIC.length), MAGIC)) return undefined;
  if (view.getUint32(CHECKED_BYTES, true) !== crc32c(bytes, 0, 0, CHECKED_BYTES)) return undefined;
  const version = view.getUint32(8, true);
  if (version > MANIFEST_VERSION) throw newerVersion(place, version, MANIFEST_VERSION);
  return {
    generation: readU64(view, 16),
    manifest: {
      databaseId: bytes.slice(24, 40),
      seed: bytes.slice(40, 48),
      epoch: readU64(view, 48),
      firstSegment: view.getUint32(56, true),
      image: view.getUint32(60, true),
      baseSequence: readU64(view, 64),
      baseChecksum: view.getUint32(80, true),
      knownSequence: readU64(view, 72),
    },
  };
}

/**
 * Neither slot is whole. Throws FILE_VERSION when one says that it is of a newer format, whose checksum may be elsewhere, and
 * FILE_FOREIGN unless the file is what is left of a manifest, or of its making.
 */
function checkUnfinished(file: StorageFile, place: string): void {
  const known = [0, 1].some((slot) => {
    const bytes = new Uint8Array(MAGIC.length + 4);
    const length = file.read(bytes, slot * SLOT_STRIDE);
    const lengthOfMagic = Math.min(length, MAGIC.length);
    const isOurs = length > 0 && isEqual(bytes.subarray(0, lengthOfMagic), MAGIC.subarray(0, lengthOfMagic));
    const version = viewOf(bytes).getUint32(MAGIC.length, true);
    if (isOurs && length === bytes.length && version > MANIFEST_VERSION) throw newerVersion(place, version, MANIFEST_VERSION);
    return isOurs;
  });
  const start = new Uint8Array(Math.min(file.sizeBytes, SLOT_STRIDE + SLOT_BYTES));
  file.read(start, 0);
  if (!known && !isBlank(start)) throw foreign(`${place} is not a manifest of MemFlux`);
}
