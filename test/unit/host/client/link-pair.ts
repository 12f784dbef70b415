/**
 * A page's side and a worker's side in this process, with structured clones between them.
 */
import { RemoteDatabase } from "../../../../host/client/remote.ts";
import { RemoteCalls } from "../../../../host/client/remote-calls.ts";
import type { MessageLink, WorkerMessage } from "../../../../host/client/worker-messages.ts";
import { serveLink } from "../../../../host/client/worker-service.ts";
import { open } from "../../../../host/entry/node.ts";
import { nodeClock } from "../../../../host/platform/node/clock.ts";
import { nodeRandom } from "../../../../host/platform/node/random.ts";

export interface Pair {
  readonly page: MessageLink;
  readonly worker: MessageLink;
  /** Messages that went to the worker, and that came from it. */
  readonly sent: unknown[];
  readonly answered: unknown[];
}

/** Two ends; messages are cloned and arrive in a turn of their own. */
export function linkPair(): Pair {
  const sent: unknown[] = [];
  const answered: unknown[] = [];
  const receivers: { toWorker?: (message: unknown) => void; toPage?: (message: unknown) => void } = {};
  const carry = (journal: unknown[], receive: () => ((message: unknown) => void) | undefined): MessageLink["send"] => {
    return (message) => {
      journal.push(message);
      const clone = structuredClone(message);
      setImmediate(() => receive()?.(clone));
    };
  };
  return {
    sent,
    answered,
    page: {
      send: carry(sent, () => receivers.toWorker),
      listen: (receive) => {
        receivers.toPage = receive;
      },
    },
    worker: {
      send: carry(answered, () => receivers.toPage),
      listen: (receive) => {
        receivers.toWorker = receive;
      },
    },
  };
}

/** A database in memory behind a pair of links, opened by the worker side. */
export async function openRemote(): Promise<Pair & { db: RemoteDatabase; calls: RemoteCalls; ended: () => number }> {
  const pair = linkPair();
  let ended = 0;
  serveLink(pair.worker, () => open());
  const calls = new RemoteCalls(pair.page);
  await new Promise<void>((opened) => {
    pair.page.listen((received) => {
      const message = received as WorkerMessage;
      if (message.kind === "opened") opened();
      if (message.kind === "results") calls.settle(message);
    });
    pair.page.send({ kind: "open", name: undefined, options: {}, engine: "" });
  });
  pair.sent.length = 0;
  pair.answered.length = 0;
  return { ...pair, db: new RemoteDatabase(calls, () => ended++, { clock: nodeClock, random: nodeRandom }), calls, ended: () => ended };
}
