/**
 * Time of a browser's page or worker. `endOfTurn` goes through a message channel: timers of 0 ms are stretched to 4 ms when
 * they follow each other, messages are not, and they queue behind those that have come already.
 */
import type { Clock } from "../types.ts";
import type { MessageEnd } from "./runtime.ts";

const tasks: (() => void)[] = [];
/** Where a message makes the next task run. */
let door: MessageEnd | undefined;

/** Made when it is first needed: a channel with a listener would keep a Node process alive that only imports this file. */
function openDoor(): MessageEnd {
  const { port1, port2 } = new MessageChannel() as unknown as { readonly port1: MessageEnd; readonly port2: MessageEnd };
  port2.onmessage = () => tasks.shift()?.();
  return port1;
}

/** The browser's clock. */
export const browserClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(task, delayMs) {
    const timer = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  endOfTurn(task) {
    door ??= openDoor();
    tasks.push(task);
    door.postMessage(null);
  },
};
