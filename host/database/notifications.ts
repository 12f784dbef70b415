/**
 * Keyspace notifications: what the engine has noted of keys becomes messages, as Redis sends them:
 *
 *   K   to __keyspace@<database>__:<key>     the event
 *   E   to __keyevent@<database>__:<event>   the key
 *
 * They are told as late as clients may know of the changes (commit.ts), in the order in which these were made; of a transaction when
 * it has committed. While nobody listens they cost the notes alone, and nothing where no class is wanted.
 */
import {
  NOTIFICATION_DATABASE,
  NOTIFICATION_EVENT,
  NOTIFICATION_KEY,
  NOTIFICATION_LENGTH,
  NOTIFY_KEYEVENT,
  NOTIFY_KEYSPACE,
} from "../../assembly/abi/notification.ts";
import { SETTING_NOTIFY } from "../../assembly/abi/status.ts";
import { readEventClasses } from "../common/event-classes.ts";
import type { Engine } from "../engine/engine.ts";
import type { CommitGate } from "./commit.ts";
import { EVENT_NAMES } from "./event-names.ts";
import { bytesOfName, nameOfBytes, type PubSub } from "./pubsub.ts";

/** An event's name, and its bytes as a message has them. */
interface Event {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const events: ReadonlyMap<number, Event> = new Map([...EVENT_NAMES].map(([event, name]) => [event, { name, bytes: bytesOfName(name) }]));

export class Notifications {
  readonly #engine: Engine;
  readonly #pubsub: PubSub;
  #classes = 0;

  constructor(engine: Engine, commits: CommitGate, pubsub: PubSub) {
    this.#engine = engine;
    this.#pubsub = pubsub;
    commits.notify((records) => this.#publish(records));
    pubsub.precede = () => {
      if (engine.notificationLength !== 0) commits.pass();
    };
  }

  /** Says what is sent from now on, as `notify-keyspace-events` does. Requires: letters of classes. */
  want(letters: string): void {
    const classes = readEventClasses(letters) ?? 0;
    this.#classes = classes;
    this.#engine.configure(SETTING_NOTIFY, (classes & (NOTIFY_KEYSPACE | NOTIFY_KEYEVENT)) === 0 ? 0 : classes);
  }

  #publish(records: Uint8Array): void {
    if (this.#pubsub.isSilent) return;
    const view = new DataView(records.buffer, records.byteOffset, records.length);
    for (let at = 0; at < records.length; ) {
      const event = events.get(view.getUint16(at + NOTIFICATION_EVENT, true));
      const database = view.getUint16(at + NOTIFICATION_DATABASE, true);
      const length = view.getUint32(at + NOTIFICATION_LENGTH, true);
      const start = at + NOTIFICATION_KEY;
      // A message may be kept for long, and the records of a batch may be many.
      if (event !== undefined) this.#tell(event, database, records.slice(start, start + length));
      at = start + ((length + 3) & ~3);
    }
  }

  #tell(event: Event, database: number, key: Uint8Array): void {
    if ((this.#classes & NOTIFY_KEYSPACE) !== 0) this.#pubsub.send(`__keyspace@${database}__:${nameOfBytes(key)}`, event.bytes);
    if ((this.#classes & NOTIFY_KEYEVENT) !== 0) this.#pubsub.send(`__keyevent@${database}__:${event.name}`, key);
  }
}
