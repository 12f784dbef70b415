/**
 * What a directory without a whole manifest is: a new database, or one that has lost it. The manifest can be made anew from
 * the log, save for what only it knew: where the log began and how far it went. So that is done only when an operator has
 * asked to keep what there is (`recover: "truncate"`).
 *
 * 1. Files of others are refused, and nothing is changed here.
 * 2. A log is taken to begin with its oldest file. Were still older ones lost, keys that they alone held are lost too; a log
 *    that begins with the first frame there ever was is known to be whole at its beginning.
 * 3. The seed is a new one: it decides the order of scans only.
 */
import { DatabaseError } from "../common/error.ts";
import type { Random, Storage, StorageFile } from "../platform/types.ts";
import { FrameReader } from "./frame-reader.ts";
import { MANIFEST_NAME, type Manifest } from "./manifest.ts";
import {
  checkSegmentMagic,
  decodeFrameHeader,
  FRAME_HEADER_BYTES,
  readDatabaseId,
  SEGMENT_HEADER_BYTES,
  segmentName,
  segmentNumber,
} from "./segment.ts";

const ID_BYTES = 16;
const SEED_BYTES = 8;

export interface ManifestParts {
  readonly storage: Storage;
  readonly random: Random;
  readonly recover: "refuse" | "truncate";
  readonly report: (line: string) => void;
}

/** The manifest of a new database, or of the log that is there. Throws FILE_CORRUPT or FILE_FOREIGN. */
export async function manifestWithoutFile({ storage, random, recover, report }: ManifestParts): Promise<Manifest> {
  const fresh: Manifest = {
    databaseId: random.fill(new Uint8Array(ID_BYTES)),
    seed: random.fill(new Uint8Array(SEED_BYTES)),
    epoch: 0,
    firstSegment: 0,
    image: 0,
    baseSequence: 0,
    baseChecksum: 0,
    knownSequence: 0,
  };
  const numbers = (await storage.list()).map(segmentNumber).filter((number) => number !== undefined);
  let oldest: Manifest | undefined;
  for (const number of numbers.sort((left, right) => left - right)) {
    const file = await storage.open(segmentName(number));
    if (file === undefined) continue;
    try {
      checkSegmentMagic(file, `${storage.location}/${file.name}`);
      if (file.sizeBytes > SEGMENT_HEADER_BYTES) oldest ??= beginningWith(file, number, fresh);
    } finally {
      file.close();
    }
  }
  if (oldest === undefined) return fresh;
  const name = segmentName(oldest.firstSegment);
  if (recover !== "truncate") {
    throw new DatabaseError(
      "FILE_CORRUPT",
      `${storage.location} has a log (${name}) but no whole ${MANIFEST_NAME}, which says how to read it. Restore the directory from a copy, ` +
        "start with --recover truncate to read the log from its oldest file on, or choose another directory with --dir",
    );
  }
  const before = oldest.baseSequence === 0 ? "the first there was" : `${oldest.baseSequence} before it are gone, in a compaction or lost`;
  report(`${storage.location} has lost its ${MANIFEST_NAME}: the log is read from frame ${oldest.baseSequence + 1} on (${before})`);
  return oldest;
}

/** A manifest for a log whose oldest file is this one. */
function beginningWith(file: StorageFile, firstSegment: number, fresh: Manifest): Manifest {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES);
  file.read(bytes, SEGMENT_HEADER_BYTES);
  const { sequence, previous } = decodeFrameHeader(bytes, 0);
  // What a frame says of its place counts only if its own checksum is right.
  const isWhole = new FrameReader(file).next({ sequence: sequence - 1, checksum: previous }) !== undefined;
  const base = isWhole ? { baseSequence: sequence - 1, baseChecksum: previous } : {};
  return { ...fresh, ...base, firstSegment, databaseId: readDatabaseId(file) };
}
