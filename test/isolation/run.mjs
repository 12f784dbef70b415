/**
 * Random histories at length:
 *
 *   node test/isolation/run.mjs --transactions 10000000 --seed 1
 *   --on library|server|model    what they run on; the built library if absent
 *   --level serializable|snapshot|mixed|all    one level, or all of them in turns
 *   --spaces key,row,node        what transactions read and write
 *   --time                       what has a deadline expires; not on a server
 *   --wipes                      the database is emptied now and then
 *   --workload all               instead: how many abort in each workload, and how many of them for nothing
 *   --persistent                 with a log on disk
 *   --engine dist/engine.debug.wasm   another engine
 *   --minutes 30                 ends then at the latest
 *
 * The library and the server are those of dist/: build first. Prints a line for every so many transactions; ends with status 1
 * at the first history that is wrong, made small, with its seed.
 */
import { runTypeScript } from "../support/run.mjs";

await runTypeScript("test/isolation/main.ts");
