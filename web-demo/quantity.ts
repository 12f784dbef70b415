/**
 * Counts, sizes, times and rates as short texts for people.
 *
 * English digits whatever the browser's language, since the page is in English.
 */
const count = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const SIZE_UNITS = ["B", "KiB", "MiB", "GiB"];

/** `1,234,567`. */
export function formatCount(value: number): string {
  return count.format(value);
}

/** `512 B`, `3.4 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < SIZE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? count.format(value) : rounded(value)} ${SIZE_UNITS[unit]}`;
}

/** `85 µs`, `1.2 ms`, `3.4 s`. */
export function formatMicroseconds(microseconds: number): string {
  if (microseconds < 1000) return `${count.format(microseconds)} µs`;
  if (microseconds < 1e6) return `${rounded(microseconds / 1000)} ms`;
  return `${rounded(microseconds / 1e6)} s`;
}

/** `950/s`, `312k/s`, `1.3M/s`. */
export function formatRate(perSecond: number): string {
  if (perSecond < 1000) return `${count.format(perSecond)}/s`;
  if (perSecond < 1e6) return `${rounded(perSecond / 1000)}k/s`;
  return `${rounded(perSecond / 1e6)}M/s`;
}

/** One digit behind the point below 10, none above. */
function rounded(value: number): string {
  return value < 9.95 ? value.toFixed(1) : count.format(value);
}
