/**
 * From the files of a directory to a database and its running log.
 *
 *   open    takes the lock and reads the manifest: from here on the engine's seed is known
 *   run     hands the frames of the segments, oldest first, to the engine; decides what the end of the log means
 *   start   begins a new epoch in a new segment and commits it in the manifest
 *
 * What the end means: the last segment with frames may end in a broken frame. That is a *torn tail*, the trace of a crash,
 * when nothing shows that the frame was ever synced; it is cut off with a message. It is *corruption* when a frame behind it,
 * the manifest or a later segment show that it was. So is anything broken, missing or foreign before the tail. Corruption
 * stops the start with file, offset and what to do; `recover: "truncate"` keeps what lies before it and drops the rest.
 *
 * 1. Nothing is changed on disk before the whole log has been read and applied.
 * 2. A frame reaches the engine only if its checksum, its sequence and the chain are right.
 * 3. What was kept is written again and synced before the new epoch is committed: it may lie in the system's cache only.
 * 4. A second run after a crash within recovery does the same again.
 */
import { DatabaseError } from "../common/error.ts";
import type { Clock, Random, Storage, StorageFile } from "../platform/types.ts";
import { writeAll } from "./file.ts";
import { type ChainEnd, FrameReader } from "./frame-reader.ts";
import { type Manifest, ManifestFile } from "./manifest.ts";
import { manifestWithoutFile } from "./manifest-without-file.ts";
import { readSegmentHeader, SEGMENT_HEADER_BYTES, segmentName, segmentNumber } from "./segment.ts";
import { type LogSettings, Wal } from "./wal.ts";

const PROGRESS_MS = 1000;
const MEGABYTE = 1_048_576;

export interface RecoveryParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: LogSettings;
  /** What to do about corruption. */
  readonly recover: "refuse" | "truncate";
  /** Takes lines that an operator should see. */
  readonly report: (line: string) => void;
}

/** Applies the effects of one frame. Throws a DatabaseError when they cannot be applied. */
export type ApplyEffects = (effects: Uint8Array) => void;

/** Corruption: where, and how much of the segment is good. */
interface Damage {
  readonly problem: string;
  readonly segment: number;
  readonly offset: number;
}

interface SegmentFile {
  readonly number: number;
  readonly file: StorageFile;
}

export class Recovery {
  readonly #parts: RecoveryParts;
  #manifestFile: ManifestFile | undefined;
  readonly #manifest: Manifest;
  #segments: SegmentFile[] = [];
  #leftovers: number[] = [];
  #end: ChainEnd;
  #epoch: number;
  #tail: { readonly number: number; readonly offset: number; readonly bytes: number } | undefined;
  #frames = 0;
  #bytesDone = 0;
  #bytesTotal = 0;
  #reportedMs: number;
  /** Progress has been reported; a short recovery says nothing. */
  #isLong = false;

  private constructor(parts: RecoveryParts, manifestFile: ManifestFile | undefined, manifest: Manifest) {
    this.#parts = parts;
    this.#manifestFile = manifestFile;
    this.#manifest = manifest;
    this.#end = { sequence: manifest.baseSequence, checksum: manifest.baseChecksum };
    this.#epoch = manifest.epoch;
    this.#reportedMs = parts.clock.monotonicMs();
  }

  /** Takes the directory. Rejects with DIRECTORY_LOCKED, FILE_FOREIGN, FILE_VERSION, FILE_CORRUPT or STORAGE_*. */
  static async open(parts: RecoveryParts): Promise<Recovery> {
    const { storage } = parts;
    await storage.lock();
    try {
      const file = await ManifestFile.open(storage);
      if (file?.manifest !== undefined) return new Recovery(parts, file, file.manifest);
      file?.close();
      return new Recovery(parts, undefined, await manifestWithoutFile(parts));
    } catch (error) {
      await storage.unlock();
      throw error;
    }
  }

  /** Seed for the engine: the one that the database was made with. */
  get seed(): Uint8Array {
    return this.#manifest.seed;
  }

  /** Gives the directory back without having changed it. */
  async abandon(): Promise<void> {
    this.#closeSegments();
    this.#manifestFile?.close();
    await this.#parts.storage.unlock();
  }

  /** Applies the log. Rejects with FILE_* when it is damaged, or with what `apply` threw. */
  async run(apply: ApplyEffects): Promise<void> {
    await this.#openSegments();
    const damage = await this.#read(apply);
    const lost = damage === undefined ? this.#findLoss() : undefined;
    const trouble = damage ?? lost;
    if (trouble !== undefined) await this.#truncate(trouble);
    await this.#settle();
  }

  /** Begins the new epoch. Requires: `run` is done. */
  async start(): Promise<Wal> {
    const { storage, clock, settings } = this.#parts;
    const last = this.#segments.at(-1)?.number ?? 0;
    const sizeBytes = this.#segments.reduce((sum, { file }) => sum + file.sizeBytes, 0);
    this.#closeSegments();
    const isNew = this.#manifest.firstSegment === 0;
    if (isNew) for (const number of this.#leftovers) await storage.remove(segmentName(number));
    this.#manifestFile ??= await ManifestFile.create(storage);
    const manifest = { ...this.#manifest, epoch: this.#epoch + 1 };
    const first = Math.max(last + 1, manifest.firstSegment);
    const wal = await Wal.start({ storage, clock, settings, manifest: this.#manifestFile }, manifest, {
      segment: first,
      end: this.#end,
      sizeBytes,
    });
    if (!isNew) for (const number of this.#leftovers) await this.#removeLeftover(number);
    return wal;
  }

  /** Removes a segment that a compaction has left behind; a file of others that only has its name stays. */
  async #removeLeftover(number: number): Promise<void> {
    const { storage } = this.#parts;
    const file = await storage.open(segmentName(number));
    if (file === undefined) return;
    try {
      if (readSegmentHeader(file, number, this.#manifest.databaseId, this.#place(number)) === undefined) return;
    } catch (error) {
      if (error instanceof DatabaseError && error.code.startsWith("FILE_")) return;
      throw error;
    } finally {
      file.close();
    }
    await storage.remove(segmentName(number));
  }

  // Reading -------------------------------------------------------------------------------------------------------------

  /**
   * Opens all segments that the manifest needs. Those before the first are left over from a compaction, and all there are
   * without a manifest from a start that did not get as far as that (manifest-without-file.ts).
   */
  async #openSegments(): Promise<void> {
    const { storage } = this.#parts;
    const numbers = (await storage.list()).map(segmentNumber).filter((number) => number !== undefined);
    for (const number of numbers.sort((left, right) => left - right)) {
      if (this.#manifest.firstSegment === 0 || number < this.#manifest.firstSegment) {
        this.#leftovers.push(number);
        continue;
      }
      const file = await storage.open(segmentName(number));
      if (file === undefined) continue;
      this.#segments.push({ number, file });
      this.#bytesTotal += file.sizeBytes;
    }
  }

  /** Applies all good frames. Answers the first damage before the tail. */
  async #read(apply: ApplyEffects): Promise<Damage | undefined> {
    let expected = this.#manifest.firstSegment;
    const lastUsed = this.#segments.findLast(({ file }) => file.sizeBytes > SEGMENT_HEADER_BYTES)?.number ?? 0;
    for (const segment of this.#segments) {
      if (segment.number !== expected) return this.#damage(expected, 0, "is missing");
      expected++;
      const place = this.#place(segment.number);
      try {
        const header = readSegmentHeader(segment.file, segment.number, this.#manifest.databaseId, place);
        const mayBeUnfinished = segment === this.#segments.at(-1) && segment.number !== this.#manifest.firstSegment;
        if (header === undefined && !mayBeUnfinished) return this.#damage(segment.number, 0, "has no whole header");
        this.#epoch = Math.max(this.#epoch, header?.epoch ?? 0);
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.code !== "FILE_CORRUPT") throw error;
        return { problem: error.message, segment: segment.number, offset: 0 };
      }
      const damage = await this.#readSegment(segment, apply, segment.number >= lastUsed);
      if (damage !== undefined) return damage;
    }
    return this.#segments.length === 0 && expected > 0 ? this.#damage(expected, 0, "is missing") : undefined;
  }

  async #readSegment({ number, file }: SegmentFile, apply: ApplyEffects, isLast: boolean): Promise<Damage | undefined> {
    const reader = new FrameReader(file);
    while (!reader.isAtEnd) {
      const start = reader.position;
      const frame = reader.next(this.#end);
      if (frame === undefined) {
        if (!isLast) return this.#damage(number, start, "is damaged");
        if (reader.wasSynced(this.#end.sequence + 1)) return this.#damage(number, start, "is damaged");
        this.#tail = { number, offset: start, bytes: file.sizeBytes - start };
        return undefined;
      }
      try {
        apply(frame.payload);
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.code !== "ENGINE_INVALID") throw error;
        return this.#damage(number, start, "holds effects that cannot be applied");
      }
      this.#end = { sequence: frame.header.sequence, checksum: frame.header.checksum };
      this.#frames++;
      this.#bytesDone += reader.position - start;
      await this.#showProgress();
    }
    return undefined;
  }

  /** The manifest knows of frames that are not there. */
  #findLoss(): Damage | undefined {
    const { knownSequence } = this.#manifest;
    if (this.#end.sequence >= knownSequence) return undefined;
    const number = this.#tail?.number ?? this.#segments.at(-1)?.number ?? 0;
    const offset = this.#tail?.offset ?? this.#segments.at(-1)?.file.sizeBytes ?? 0;
    return this.#damage(number, offset, `ends at frame ${this.#end.sequence} although frame ${knownSequence} was safe`);
  }

  #damage(segment: number, offset: number, problem: string): Damage {
    return { segment, offset, problem: `${this.#place(segment)} ${problem}${offset > 0 ? ` at offset ${offset}` : ""}` };
  }

  #place(segment: number): string {
    return `${this.#parts.storage.location}/${segmentName(segment)}`;
  }

  async #showProgress(): Promise<void> {
    const { clock, report } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#reportedMs < PROGRESS_MS) return;
    this.#reportedMs = nowMs;
    this.#isLong = true;
    const percent = Math.floor((this.#bytesDone / Math.max(1, this.#bytesTotal)) * 100);
    report(`recovering: ${percent} % (${megabytes(this.#bytesDone)} of ${megabytes(this.#bytesTotal)} MB)`);
    await new Promise<void>((resolve) => clock.endOfTurn(resolve));
  }

  // Deciding ------------------------------------------------------------------------------------------------------------

  /** Stops the start, or drops the damage and all behind it when that is wanted. */
  async #truncate(damage: Damage): Promise<void> {
    const { recover, report, storage } = this.#parts;
    if (recover !== "truncate") {
      throw new DatabaseError(
        "FILE_CORRUPT",
        `${damage.problem}. Restore the directory from a copy, or start with --recover truncate to keep the ` +
          `${this.#end.sequence} good frames before it and lose the rest`,
      );
    }
    let dropped = 0;
    const isDropped = ({ number }: SegmentFile): boolean =>
      number > damage.segment || (number === damage.segment && damage.offset <= SEGMENT_HEADER_BYTES);
    for (const segment of this.#segments.filter(isDropped).reverse()) {
      dropped += segment.file.sizeBytes;
      segment.file.close();
      await storage.remove(segmentName(segment.number));
    }
    this.#segments = this.#segments.filter((segment) => !isDropped(segment));
    const last = this.#segments.at(-1);
    if (last?.number === damage.segment && last.file.sizeBytes > damage.offset) {
      dropped += last.file.sizeBytes - damage.offset;
      await cutOff(last.file, damage.offset);
    }
    this.#tail = undefined;
    report(`${damage.problem}; ${dropped} bytes from there on were dropped, as --recover truncate asks for`);
  }

  /** Cuts a torn tail and syncs what is kept. */
  async #settle(): Promise<void> {
    const { report } = this.#parts;
    const tail = this.#tail;
    if (tail !== undefined) {
      report(`${this.#place(tail.number)} ends in a frame that a crash left unfinished; its ${tail.bytes} bytes were cut off`);
      const file = this.#segments.find(({ number }) => number === tail.number)?.file;
      if (file !== undefined) await cutOff(file, tail.offset);
    }
    // Segments without frames are used by the new epoch; removing them could leave a gap.
    for (
      let last = this.#segments.at(-1);
      last !== undefined && last.file.sizeBytes <= SEGMENT_HEADER_BYTES;
      last = this.#segments.at(-1)
    ) {
      last.file.close();
      this.#segments.pop();
    }
    const used = this.#segments.at(-1);
    if (used !== undefined) await this.#secure(used.file);
    if (this.#isLong) report(`recovered ${this.#frames} frames (${megabytes(this.#bytesDone)} MB) of the log`);
  }

  /**
   * Makes a segment safe that may lie in the system's cache only. It is written again first: after a failed sync the system
   * takes its pages for clean, and a sync alone would do nothing. Writing what is there already cannot damage it.
   */
  async #secure(file: StorageFile): Promise<void> {
    if (this.#end.sequence > this.#manifest.knownSequence) {
      const { sizeBytes } = file;
      const buffer = new Uint8Array(Math.min(sizeBytes, MEGABYTE));
      for (let offset = 0; offset < sizeBytes; ) {
        const length = file.read(buffer, offset);
        writeAll(file, buffer.subarray(0, length), offset);
        offset += length;
      }
    }
    await file.sync();
  }

  #closeSegments(): void {
    for (const { file } of this.#segments) file.close();
    this.#segments = [];
  }
}

/** Cuts a file for good: what was cut must not be back when the file, empty now, is made anew. */
async function cutOff(file: StorageFile, sizeBytes: number): Promise<void> {
  file.truncate(sizeBytes);
  await file.sync();
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1);
}
