/**
 * How long commands take: per command a sum and a histogram.
 *
 * A histogram has 128 buckets for each power of two of nanoseconds (HdrHistogram with two significant digits, as Redis has it), so
 * that a percentile is told to below one percent; only buckets that were met take room. Noting a time is one map operation.
 */

const NANOSECONDS = 1000;
const SUB_BITS = 7;

/** Times of one command. */
export class Timing {
  /** Times that were noted, and their sum in microseconds. */
  count = 0;
  sumMicros = 0;
  /** Counts by the lowest nanosecond of their bucket. */
  readonly #buckets = new Map<number, number>();

  note(micros: number): void {
    this.count++;
    this.sumMicros += micros;
    const bucket = bucketOf(Math.max(1, Math.round(micros * NANOSECONDS)));
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
  }

  /** The time in microseconds that so many percent of the calls did not exceed; 0 of none. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.ceil((percent / 100) * this.count));
    let seen = 0;
    for (const [bucket, count] of this.#sorted()) {
      seen += count;
      if (seen >= wanted) return highestOf(bucket) / NANOSECONDS;
    }
    return 0;
  }

  /** Calls up to each power of two of about a microsecond, from the first with any to that with all: [microseconds, calls]. */
  distribution(): readonly (readonly [micros: number, calls: number])[] {
    const sorted = this.#sorted();
    const steps: (readonly [number, number])[] = [];
    let seen = 0;
    let next = 0;
    for (let limit = 1024; next < sorted.length; limit *= 2) {
      const upper = highestOf(limit);
      const before = seen;
      for (; next < sorted.length; next++) {
        const [bucket, count] = sorted[next] as readonly [number, number];
        if (bucket > upper) break;
        seen += count;
      }
      if (seen > before) steps.push([Math.floor(upper / NANOSECONDS), seen]);
    }
    return steps;
  }

  #sorted(): (readonly [bucket: number, count: number])[] {
    return [...this.#buckets].sort(([left], [right]) => left - right);
  }
}

/** Width of the buckets of a time's magnitude. */
function widthOf(nanoseconds: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(nanoseconds)) - SUB_BITS);
}

/** The lowest nanosecond of a time's bucket. */
function bucketOf(nanoseconds: number): number {
  const width = widthOf(nanoseconds);
  return Math.floor(nanoseconds / width) * width;
}

/** The highest nanosecond of the bucket in which a time is. */
function highestOf(nanoseconds: number): number {
  return bucketOf(nanoseconds) + widthOf(nanoseconds) - 1;
}

/** Times by the full name of a command. */
export class Timings {
  readonly #timings = new Map<string, Timing>();

  note(name: string, micros: number): void {
    const timing = this.#timings.get(name) ?? new Timing();
    if (timing.count === 0) this.#timings.set(name, timing);
    timing.note(micros);
  }

  get(name: string): Timing | undefined {
    return this.#timings.get(name);
  }

  entries(): Iterable<readonly [name: string, timing: Timing]> {
    return this.#timings.entries();
  }

  clear(): void {
    this.#timings.clear();
  }
}
