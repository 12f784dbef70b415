/**
 * A program with a database of its own, for any runtime: opens it, says its digest, works on it at random, says its digest again,
 * and then waits to be killed, or for a line on standard input, at which it closes the database and ends.
 *
 * Arguments: directory, durability level, seed. Prints `found DIGEST` and `left DIGEST`.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import type * as library from "../../host/entry/node.ts";
import { randomInput } from "../unit/assembly/bytes/random-input.ts";
import { CommandStream } from "../unit/engine/commands.ts";

const PIPELINES = 60;
const [dir = "", durability = "", seed = ""] = process.argv.slice(2);
/** A name that is not known before the program runs: it stands for what is installed beside it. */
const PACKAGE: string = "memflux";
const { open } = (await import(PACKAGE)) as typeof library;

const random = randomInput(Number(seed));
const stream = new CommandStream(random, { large: true, sweeping: true }, Date.now());
const db = await open({ dir, durability: durability as "fsync", active_expire: false, wal_size_threshold_mb: 1 });
const digest = async (): Promise<string> => String(await db.execute(["DEBUG", "DIGEST"]));
console.log(`found ${await digest()}`);
const compactions: Promise<void>[] = [];
for (let round = 0; round < PIPELINES; round++) {
  const pending = db.pipeline(Array.from({ length: 1 + random.below(20) }, () => stream.next()));
  for (let call = random.below(10); call > 0; call--) db.set(stream.key().slice(0, 50), stream.value());
  if (random.below(10) === 0) compactions.push(db.compact());
  await pending;
}
db.set("last", seed);
if (durability === "none") await db.flush();
if (random.below(2) === 0) await Promise.all(compactions);
console.log(`left ${await digest()}`);
for await (const _line of createInterface({ input: process.stdin })) break;
await db.close();
process.stdin.destroy();
