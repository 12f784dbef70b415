/**
 * Latency events: for each class of event the seconds in which something took longer than latency-monitor-threshold, and how long
 * the longest was, SAMPLES_MAX of them; and what LATENCY tells of them.
 */

export const SAMPLES_MAX = 160;
const SECOND_MS = 1000;

export interface LatencySample {
  readonly seconds: number;
  /** The longest in that second. */
  ms: number;
}

export interface LatencyEvent {
  readonly samples: LatencySample[];
  maxMs: number;
}

export class LatencyEvents {
  readonly #events = new Map<string, LatencyEvent>();

  note(name: string, nowMs: number, ms: number): void {
    const event = this.#events.get(name) ?? { samples: [], maxMs: 0 };
    this.#events.set(name, event);
    event.maxMs = Math.max(event.maxMs, ms);
    const seconds = Math.floor(nowMs / SECOND_MS);
    const last = event.samples.at(-1);
    if (last?.seconds === seconds) last.ms = Math.max(last.ms, ms);
    else event.samples.push({ seconds, ms });
    if (event.samples.length > SAMPLES_MAX) event.samples.shift();
  }

  get(name: string): LatencyEvent | undefined {
    return this.#events.get(name);
  }

  entries(): readonly (readonly [name: string, event: LatencyEvent])[] {
    return [...this.#events];
  }

  /** Forgets events of the given classes, or all; answers how many classes there were of them. */
  reset(names: readonly string[]): number {
    if (names.length > 0) return names.filter((name) => this.#events.delete(name)).length;
    const count = this.#events.size;
    this.#events.clear();
    return count;
  }
}
