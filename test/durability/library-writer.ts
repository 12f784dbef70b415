/**
 * A program with a database of its own, for any runtime: says what it found, then writes until it is killed, and says after every
 * step how far what it wrote was acknowledged.
 *
 * Step n sets `count` to n, and `a:n` and `b` to n in one command. Every other step goes through `pipeline`, the others through typed
 * methods and `flush`. Arguments: directory, durability level. Prints `found COUNT B HIGHEST-A`, then `acknowledged N` again and again.
 */
import process from "node:process";
import type * as library from "../../host/entry/node.ts";

const [dir = "", durability = ""] = process.argv.slice(2);
const PADDING = "x".repeat(500);
/** A name that is not known before the program runs: it stands for what is installed beside it. */
const PACKAGE: string = "memflux";
const { open } = (await import(PACKAGE)) as typeof library;

const db = await open({ dir, durability: durability as "fsync", wal_size_threshold_mb: 1 });
let step = Number(db.get("count") ?? "0");
let highest = step + 1;
while (highest > 0 && db.exists(`a:${highest}`) === 0) highest--;
console.log(`found ${step} ${Number(db.get("b")?.split(" ")[0] ?? "0")} ${highest}`);
for (;;) {
  step++;
  if (step % 2 === 0) {
    await db.pipeline([
      ["SET", "count", step],
      ["MSET", `a:${step}`, step, "b", `${step} ${PADDING}`],
    ]);
  } else {
    db.set("count", step);
    db.mset({ [`a:${step}`]: step, b: `${step} ${PADDING}` });
    await db.flush();
  }
  console.log(`acknowledged ${step}`);
}
