/**
 * Limits of the output that may be pending for a client, by its class, as Redis's `client-output-buffer-limit` writes them: `class hard
 * soft seconds` for one class or several. Above the hard limit a connection is closed at once, above the soft one when it has been there for
 * so many seconds; 0: no limit. One size alone is the hard limit of ordinary clients.
 */

export interface OutputLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  readonly softSeconds: number;
}

/** Replicas have their place in the text, since clients read it; there are none yet. */
export interface OutputLimits {
  readonly normal: OutputLimit;
  readonly slave: OutputLimit;
  readonly pubsub: OutputLimit;
}

const SIZE = /^(\d{1,15})(b|k|kb|m|mb|g|gb)?$/i;
const UNITS: Readonly<Record<string, number>> = { b: 1, k: 1e3, kb: 1024, m: 1e6, mb: 1024 ** 2, g: 1e9, gb: 1024 ** 3 };

export const DEFAULT_OUTPUT_LIMITS = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60";
const NONE: OutputLimit = { hardBytes: 0, softBytes: 0, softSeconds: 0 };
export const NO_OUTPUT_LIMITS: OutputLimits = { normal: NONE, slave: NONE, pubsub: NONE };

/** Limits of a text, on top of others; undefined: it cannot be read, and `outputLimitsProblem` says why. */
export function readOutputLimits(text: string, before: OutputLimits = NO_OUTPUT_LIMITS): OutputLimits | undefined {
  const read = parse(text, before);
  return typeof read === "string" ? undefined : read;
}

/** What is wrong with a text that cannot be read, in the words of Redis. */
export function outputLimitsProblem(text: string): string {
  const read = parse(text, NO_OUTPUT_LIMITS);
  return typeof read === "string" ? read : "";
}

function parse(text: string, before: OutputLimits): OutputLimits | string {
  const words = text === "" ? [] : text.split(" ");
  const alone = words.length === 1 ? size(words[0]) : undefined;
  if (alone !== undefined) return { ...before, normal: { ...NONE, hardBytes: alone } };
  if (words.length % 4 !== 0) return "Wrong number of arguments in buffer limit configuration.";
  const limits: { -readonly [Name in keyof OutputLimits]: OutputLimit } = { ...before };
  for (let at = 0; at < words.length; at += 4) {
    const name = (words[at] ?? "").toLowerCase().replace(/^replica$/, "slave");
    if (name !== "normal" && name !== "slave" && name !== "pubsub") return "Invalid client class specified in buffer limit configuration.";
    const hardBytes = size(words[at + 1]);
    const softBytes = size(words[at + 2]);
    const softSeconds = /^\d{1,9}$/.test(words[at + 3] ?? "") ? Number(words[at + 3]) : undefined;
    if (hardBytes === undefined || softBytes === undefined || softSeconds === undefined) {
      return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
    }
    limits[name] = { hardBytes, softBytes, softSeconds };
  }
  return limits;
}

/** The text of limits. */
export function writeOutputLimits(limits: OutputLimits): string {
  const words = (["normal", "slave", "pubsub"] as const).map((name) => {
    const { hardBytes, softBytes, softSeconds } = limits[name];
    return `${name} ${hardBytes} ${softBytes} ${softSeconds}`;
  });
  return words.join(" ");
}

function size(text: string | undefined): number | undefined {
  const match = SIZE.exec(text ?? "");
  return match === null ? undefined : Number(match[1]) * (UNITS[(match[2] ?? "b").toLowerCase()] ?? 1);
}
