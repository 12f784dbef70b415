/**
 * Goal: a pause ends when the latest of its ends has come, is as strict as the strictest, and lets go on all that waited, once.
 * Method: connections that only remember, and a clock that is moved by hand.
 */
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../../host/platform/memory/clock.ts";
import { Pause } from "../../../../host/server/pause.ts";
import { turn } from "./test-server.ts";

const START_MS = 1_000_000;

function paused(): { readonly clock: ManualClock; readonly pause: Pause; readonly log: string[] } {
  const clock = new ManualClock(START_MS);
  const log: string[] = [];
  const pause = new Pause(clock, (isPaused) => log.push(isPaused ? "begins" : "is over"));
  return { clock, pause, log };
}

describe("a pause", () => {
  it("of all is as long as the longer of two, and as strict as the stricter", async () => {
    const { clock, pause, log } = paused();
    pause.begin(START_MS + 100, true);
    expect([pause.holdsWrites, pause.holdsAll]).toEqual([true, false]);
    pause.begin(START_MS + 50, false);
    expect([pause.holdsWrites, pause.holdsAll]).toEqual([true, true]);
    pause.begin(START_MS + 60, true);
    expect(pause.holdsAll).toBe(true);
    pause.wait({ unpaused: () => log.push("goes on") });
    clock.advance(99);
    await turn();
    expect(log).toEqual(["begins"]);
    clock.advance(1);
    await turn();
    expect(log).toEqual(["begins", "is over", "goes on"]);
    expect([pause.holdsWrites, pause.holdsAll]).toEqual([false, false]);
  });

  it("that is ended early lets those go on that were not forgotten, at the end of the turn", async () => {
    const { clock, pause, log } = paused();
    pause.begin(START_MS + 100, false);
    const gone = { unpaused: () => log.push("the one that is gone goes on") };
    pause.wait(gone);
    pause.wait({ unpaused: () => log.push("first") });
    pause.wait({ unpaused: () => log.push("second") });
    pause.forget(gone);
    pause.end();
    expect(log).toEqual(["begins", "is over"]);
    await turn();
    pause.end();
    clock.advance(1000);
    await turn();
    expect(log).toEqual(["begins", "is over", "first", "second"]);
  });
});
