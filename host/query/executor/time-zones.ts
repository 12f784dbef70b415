/**
 * Time zones for the engine, which has no table of them: the changes of a zone's offset, as the runtime's own database (Intl) has them.
 *
 * The offset is looked at every few days and, where it differs, the change is searched between them to the second. Zones change at most a
 * few times in a year, and no change is taken back within so few days but in some Ramadans, which are longer.
 * Cost: some 10,000 looks for a zone, once.
 */

/** From then on an offset, in seconds east of UTC, holds. The first change is before all times. */
export interface ZoneChange {
  readonly seconds: number;
  readonly offset: number;
}

const FIRST = Date.UTC(1850, 0, 1) / 1000;
const LAST = Date.UTC(2150, 0, 1) / 1000;
const STEP = 10 * 86_400;
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/;

/** The changes of a zone, `Europe/Stockholm`; undefined: there is none of this name. */
export function zoneChanges(name: string): readonly ZoneChange[] | undefined {
  const offsetAt = offsetsOf(name);
  if (offsetAt === undefined) return undefined;
  let offset = offsetAt(FIRST);
  const changes: ZoneChange[] = [{ seconds: FIRST, offset }];
  for (let before = FIRST; before < LAST; before += STEP) {
    const later = offsetAt(before + STEP);
    if (later === offset) continue;
    let low = before;
    let high = before + STEP;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle) === offset) low = middle;
      else high = middle;
    }
    changes.push({ seconds: high, offset: later });
    offset = later;
  }
  return changes;
}

/** What tells a zone's offset at Unix seconds. */
function offsetsOf(name: string): ((seconds: number) => number) | undefined {
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
    return (seconds) => {
      const [, sign, hours, minutes, rest] = OFFSET.exec(format.format(seconds * 1000)) ?? [];
      const size = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(rest ?? 0);
      return sign === "-" ? -size : size;
    };
  } catch {
    return undefined;
  }
}
