/**
 * The write-ahead log while a database runs: takes the effects of each batch, writes them in frames, syncs, and says how far
 * it is. Format: segment.ts.
 *
 * What an acknowledgement waits for (`isSafe` of the position that was current when the batch ran):
 *
 *   none    nothing. Frames are written after the flush interval, or at the end of a turn once enough bytes wait.
 *   fsync   the write, at the end of the turn: it survives the end of the process. A sync follows in the background, after
 *           the flush interval, or at once after so many batches or bytes.
 *   full    the sync. One is under way at a time; what is written meanwhile shares the next one (group commit).
 *
 * 1. All batches of a turn go out in one frame, up to FRAME_BYTES; a batch is never split over two frames.
 * 2. Frames are written in order. When a segment is full, the next frame waits for its sync (segment.ts, invariant 2); the
 *    next segment has been opened ahead, so that it waits for nothing else.
 * 3. After a failed write or sync nothing more is written: how much of the failed one is on disk is unknown, and a later
 *    success would hide that. `failed` is called once; `safe` does not move any more.
 * 4. More than PENDING_LIMIT_BYTES waiting to be written is congestion: whoever feeds the log should stop until it is over.
 */
import { DatabaseError } from "../common/error.ts";
import type { Clock, Storage, StorageFile, Timer } from "../platform/types.ts";
import { foreign, writeAll } from "./file.ts";
import type { ChainEnd } from "./frame-reader.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";
import {
  align,
  encodeSegmentHeader,
  FRAME_HEADER_BYTES,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  sealFrame,
  segmentName,
} from "./segment.ts";

export type Durability = "none" | "fsync" | "full";

/** Settings of the log; the flush settings are read each time they matter, so they may change. */
export interface LogSettings {
  readonly durability: Durability;
  /** Milliseconds until what was acknowledged is synced (fsync) or written (none). */
  flushIntervalMs: number;
  /** Batches after which that happens at once; 0: not by their number. */
  flushAfterBatches: number;
  /** Bytes after which that happens at once; 0: not by their size. */
  flushAfterBytes: number;
  /** Size at which a segment is full. */
  readonly segmentBytes: number;
  /** Size of the whole log above which it is compacted. */
  compactAboveBytes: number;
  /** How much of the content one step of a compaction logs. */
  readonly compactStepBytes: number;
}

/** What the log tells its owner. */
export interface LogListener {
  /** `isSafe` may answer more than before, or congestion may be over. */
  progress(): void;
  /** The log has ended; called once. */
  failed(error: DatabaseError): void;
}

/** Where a log goes on. */
export interface LogStart {
  /** Number of the segment to make. */
  readonly segment: number;
  /** The last frame before it. */
  readonly end: ChainEnd;
  /** Size of the segments before it. */
  readonly sizeBytes: number;
}

/** A place in the log between two segments. */
export interface LogCut {
  /** Number of the segment behind it. */
  readonly segment: number;
  readonly end: ChainEnd;
}

export interface LogParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly settings: LogSettings;
  readonly manifest: ManifestFile;
}

interface OpenSegment {
  readonly file: StorageFile;
  readonly header: SegmentHeader;
}

const FRAME_BYTES = 262_144;
const PENDING_LIMIT_BYTES = 16 * 1_048_576;
/** More than this is written in the middle of a turn. */
const RELIEVE_BYTES = 1_048_576;
const BUFFER_BYTES = 65_536;
/** Largest buffer that is kept after it was written. */
const BUFFER_KEEP_BYTES = 4 * 1_048_576;
const AT_RISK_MAX = 0xffff_ffff;

export class Wal {
  readonly #parts: LogParts;
  readonly #settings: LogSettings;
  #listener: LogListener = { progress: () => {}, failed: () => {} };
  #failure: DatabaseError | undefined;

  #file: StorageFile;
  #segment: number;
  #offset: number;
  /** Size of all segments that the manifest names, this one's frames included. */
  #sizeBytes: number;
  /** The segment opened ahead, while or after it is made. */
  #ahead: Promise<StorageFile>;
  #rolling: Promise<void> | undefined;
  /** Nothing more may go into the present segment: `cut` has ended it. */
  #isCut = false;

  /** Frames that wait to be written, the open one last. */
  #buffer: Uint8Array = new Uint8Array(BUFFER_BYTES);
  #length = 0;
  /** Where the open frame begins in the buffer; -1 when none is open. */
  #open = -1;
  /** The last closed frame. */
  #end: ChainEnd;
  #written: ChainEnd;
  #durable: ChainEnd;

  #turnScheduled = false;
  #timer: Timer | undefined;
  #syncing: Promise<void> | undefined;
  /** Batches and bytes since the last sync began (fsync) or that wait to be written (none). */
  #unflushedBatches = 0;
  #unflushedBytes = 0;

  private constructor(parts: LogParts, { segment, end, sizeBytes }: LogStart, file: StorageFile) {
    this.#parts = parts;
    this.#settings = parts.settings;
    this.#segment = segment;
    this.#file = file;
    this.#sizeBytes = sizeBytes;
    this.#offset = SEGMENT_HEADER_BYTES;
    this.#end = end;
    this.#written = end;
    this.#durable = end;
    this.#ahead = this.#openAhead();
  }

  /**
   * Starts a new epoch in a new segment behind `end`, and commits both in the manifest. Requires: everything up to `end` is
   * synced, and `manifest` holds the new epoch.
   */
  static async start(parts: LogParts, manifest: Manifest, start: LogStart): Promise<Wal> {
    const { segment, end } = start;
    const file = await createSegment(parts.storage, segment, manifest);
    const isFirst = manifest.firstSegment === 0;
    await parts.manifest.write({
      ...manifest,
      firstSegment: isFirst ? segment : manifest.firstSegment,
      knownSequence: end.sequence,
    });
    return new Wal(parts, start, file);
  }

  listen(listener: LogListener): void {
    this.#listener = listener;
  }

  get failure(): DatabaseError | undefined {
    return this.#failure;
  }

  get epoch(): number {
    return this.#parts.manifest.manifest?.epoch ?? 0;
  }

  /** Sequence of the frame that has, or will have, the latest effects. */
  get position(): number {
    return this.#open < 0 ? this.#end.sequence : this.#end.sequence + 1;
  }

  get writtenSequence(): number {
    return this.#written.sequence;
  }

  get durableSequence(): number {
    return this.#durable.sequence;
  }

  /** Bytes of log that a start would have to read. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get isCongested(): boolean {
    return this.#length > PENDING_LIMIT_BYTES;
  }

  /** Whether what ran at `position` may be acknowledged. */
  isSafe(position: number): boolean {
    switch (this.#settings.durability) {
      case "none":
        return true;
      case "fsync":
        return position <= this.#written.sequence;
      case "full":
        return position <= this.#durable.sequence;
    }
  }

  /** Takes the effects of one batch, whole commits; they are copied. Does nothing after a failure. */
  append(effects: Uint8Array): void {
    if (this.#failure !== undefined || effects.length === 0) return;
    if (this.#open < 0) {
      this.#reserve(FRAME_HEADER_BYTES + effects.length);
      this.#open = this.#length;
      this.#length += FRAME_HEADER_BYTES;
    } else this.#reserve(effects.length);
    this.#buffer.set(effects, this.#length);
    this.#length += effects.length;
    this.#unflushedBatches++;
    this.#unflushedBytes += effects.length;
    if (this.#length - this.#open > FRAME_BYTES) this.#closeFrame();
    this.#schedule();
  }

  /**
   * Writes at once what waits, if that is much: for callers that append without ever waiting for a turn to end. The segment may
   * become longer than its size by that.
   */
  relieve(): void {
    if (this.#length > RELIEVE_BYTES && !this.#isCut) this.#writeFrames();
  }

  /** Writes and syncs all that was appended before the call. Rejects with the failure of the log. */
  async flush(): Promise<void> {
    const target = this.position;
    while (this.#failure === undefined && this.#durable.sequence < target) {
      this.#write();
      if (this.#rolling !== undefined) await this.#rolling;
      else await this.#sync();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Ends the present segment, so that what is appended from now on lies in later ones; what `before` appends still lies in this
   * one. Rejects when the log has failed.
   */
  async cut(before: () => void): Promise<LogCut> {
    while (this.#rolling !== undefined) await this.#rolling;
    before();
    this.#write(true);
    if (this.#failure !== undefined) throw this.#failure;
    const isEmpty = this.#offset === SEGMENT_HEADER_BYTES;
    const cut = { segment: isEmpty ? this.#segment : this.#segment + 1, end: this.#end };
    if (!isEmpty) {
      this.#isCut = true;
      this.#rolling = this.#roll();
    }
    return cut;
  }

  /**
   * Forgets what lies before a cut. Rejects when that was not possible; the log goes on all the same.
   * Requires: what was appended behind the cut makes the whole state by itself, and is flushed.
   */
  async drop(cut: LogCut): Promise<void> {
    const { manifest: file, storage } = this.#parts;
    const old = file.manifest;
    if (old === undefined || this.#failure !== undefined) return;
    const { sequence: baseSequence, checksum: baseChecksum } = cut.end;
    const manifest = { ...old, firstSegment: cut.segment, baseSequence, baseChecksum, knownSequence: this.#durable.sequence };
    // Both slots, since the older one would name segments that are gone.
    await file.write(manifest);
    await file.write(manifest);
    for (let number = old.firstSegment; number < cut.segment; number++) {
      const dropped = await storage.open(segmentName(number));
      this.#sizeBytes -= dropped === undefined ? 0 : dropped.sizeBytes;
      dropped?.close();
      await storage.remove(segmentName(number));
    }
  }

  /** Flushes, notes in the manifest how far the log goes, and closes the files. A failed log is only closed. */
  async close(): Promise<void> {
    const { manifest } = this.#parts;
    try {
      if (this.#failure === undefined) {
        await this.flush();
        if (manifest.manifest !== undefined) await manifest.write({ ...manifest.manifest, knownSequence: this.#durable.sequence });
      }
    } catch (cause) {
      this.#fail(cause);
    } finally {
      this.#timer?.cancel();
      await this.#syncing;
      this.#file.close();
      await this.#ahead.then(
        (file) => file.close(),
        () => {},
      );
      manifest.close();
    }
  }

  // Frames --------------------------------------------------------------------------------------------------------------

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, Math.min(this.#buffer.length * 2, this.#buffer.length + PENDING_LIMIT_BYTES)));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }

  #closeFrame(): void {
    if (this.#open < 0) return;
    const sequence = this.#end.sequence + 1;
    const atRisk = Math.min(AT_RISK_MAX, this.#end.sequence - this.#durable.sequence);
    const checksum = sealFrame(this.#buffer, this.#open, this.#length, { sequence, previous: this.#end.checksum, atRisk });
    const end = align(this.#length);
    this.#reserve(end - this.#length);
    this.#buffer.fill(0, this.#length, end);
    this.#length = end;
    this.#open = -1;
    this.#end = { sequence, checksum };
  }

  /** Arranges that what was appended is written as soon as the level asks for it. */
  #schedule(): void {
    if (this.#settings.durability === "none" && !this.#isFlushDue()) {
      this.#startTimer();
      return;
    }
    if (this.#turnScheduled) return;
    this.#turnScheduled = true;
    this.#parts.clock.endOfTurn(() => {
      this.#turnScheduled = false;
      this.#write();
    });
  }

  /** Congestion does not wait for the interval, since callers wait for its end. */
  #isFlushDue(): boolean {
    if (this.isCongested) return true;
    const { flushAfterBatches, flushAfterBytes } = this.#settings;
    if (flushAfterBatches > 0 && this.#unflushedBatches >= flushAfterBatches) return true;
    return flushAfterBytes > 0 && this.#unflushedBytes >= flushAfterBytes;
  }

  #startTimer(): void {
    this.#timer ??= this.#parts.clock.setTimer(() => {
      this.#timer = undefined;
      if (this.#settings.durability === "none") this.#write();
      else void this.#sync();
    }, this.#settings.flushIntervalMs);
  }

  /** Hands all frames to the storage, unless a full segment has to be synced first. */
  #write(mayOverfill = false): void {
    if (this.#failure !== undefined || this.#rolling !== undefined) return;
    this.#closeFrame();
    if (this.#length === 0) return;
    if (!mayOverfill && this.#offset > SEGMENT_HEADER_BYTES && this.#offset + this.#length > this.#settings.segmentBytes) {
      this.#rolling = this.#roll();
      return;
    }
    this.#writeFrames();
  }

  /** Hands all frames to the storage, into the present segment. */
  #writeFrames(): void {
    if (this.#failure !== undefined) return;
    this.#closeFrame();
    try {
      writeAll(this.#file, this.#buffer.subarray(0, this.#length), this.#offset);
    } catch (cause) {
      this.#fail(cause);
      return;
    }
    this.#offset += this.#length;
    this.#sizeBytes += this.#length;
    this.#length = 0;
    if (this.#buffer.length > BUFFER_KEEP_BYTES) this.#buffer = new Uint8Array(BUFFER_BYTES);
    this.#written = this.#end;
    this.#afterWrite();
    this.#listener.progress();
  }

  #afterWrite(): void {
    switch (this.#settings.durability) {
      case "none":
        this.#unflushedBatches = 0;
        this.#unflushedBytes = 0;
        return;
      case "fsync":
        if (this.#isFlushDue()) void this.#sync();
        else this.#startTimer();
        return;
      case "full":
        void this.#sync();
    }
  }

  // Syncs ---------------------------------------------------------------------------------------------------------------

  /** Syncs what has been written by the time that it begins; never rejects. A call while one is under way waits for that one. */
  #sync(): Promise<void> {
    if (this.#syncing !== undefined) return this.#syncing;
    if (this.#failure !== undefined || this.#durable.sequence === this.#written.sequence) return Promise.resolve();
    this.#unflushedBatches = 0;
    this.#unflushedBytes = 0;
    this.#syncing = this.#syncFile(this.#file, this.#written);
    return this.#syncing;
  }

  async #syncFile(file: StorageFile, target: ChainEnd): Promise<void> {
    try {
      await file.sync();
      this.#durable = target;
    } catch (cause) {
      this.#fail(cause);
    }
    this.#syncing = undefined;
    if (this.#failure !== undefined) return;
    this.#listener.progress();
    if (this.#settings.durability === "full") void this.#sync();
    else if (this.#settings.durability === "fsync" && this.#durable.sequence < this.#written.sequence) {
      if (this.#isFlushDue()) void this.#sync();
      else this.#startTimer();
    }
  }

  // Segments ------------------------------------------------------------------------------------------------------------

  /** Goes over to the next segment once this one is synced, and writes on; never rejects. */
  async #roll(): Promise<void> {
    try {
      // It may not have been possible then: the disk was full and has room again.
      const next = await this.#ahead.catch(() => this.#openAhead());
      // `relieve` may write while this waits.
      while (this.#failure === undefined && this.#durable.sequence < this.#written.sequence) await this.#sync();
      if (this.#failure !== undefined) return;
      this.#file.close();
      this.#file = next;
      this.#isCut = false;
      this.#segment++;
      this.#offset = SEGMENT_HEADER_BYTES;
      this.#ahead = this.#openAhead();
    } catch (cause) {
      this.#fail(cause);
      return;
    } finally {
      this.#rolling = undefined;
    }
    this.#write();
  }

  #openAhead(): Promise<StorageFile> {
    const { manifest } = this.#parts.manifest;
    if (manifest === undefined) return Promise.reject(new DatabaseError("INTERNAL", "a log runs without a manifest"));
    const made = createSegment(this.#parts.storage, this.#segment + 1, manifest);
    // Whoever needs the segment hears of the failure; until then it is nobody's.
    made.catch(() => {});
    return made;
  }

  #fail(cause: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = cause instanceof DatabaseError ? cause : new DatabaseError("STORAGE_FAILED", "the log has failed", { cause });
    this.#timer?.cancel();
    this.#length = 0;
    this.#open = -1;
    this.#buffer = new Uint8Array(0);
    this.#listener.failed(this.#failure);
  }
}

/**
 * Makes a segment with its header, synced. One that an earlier epoch made and did not use is taken as it is: it must not be
 * cut to nothing while another stands behind it.
 */
async function createSegment(storage: Storage, number: number, manifest: Manifest): Promise<StorageFile> {
  const unused = await openUnused(storage, number, manifest);
  const { file, header } = unused ?? {
    file: await storage.create(segmentName(number)),
    header: { number, databaseId: manifest.databaseId, epoch: manifest.epoch },
  };
  try {
    // Written even if it is there: it may lie in the system's cache only, as pages that a failed sync has left.
    writeAll(file, encodeSegmentHeader(header), 0);
    await file.sync();
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A segment with a header and no frames; undefined when there is none of that number, or not even a whole header. */
async function openUnused(storage: Storage, number: number, manifest: Manifest): Promise<OpenSegment | undefined> {
  const name = segmentName(number);
  const file = await storage.open(name);
  if (file === undefined) return undefined;
  try {
    const place = `${storage.location}/${name}`;
    const header = readSegmentHeader(file, number, manifest.databaseId, place);
    if (file.sizeBytes > SEGMENT_HEADER_BYTES) throw foreign(`${place} was put there by somebody else`);
    if (header !== undefined) return { file, header };
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
  return undefined;
}
