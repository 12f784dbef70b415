/**
 * A program for any runtime that opens a database, says how many keys it has, writes some, and ends as programs do that forget to
 * close: by having nothing left to do.
 *
 * Arguments: directory, durability level, number of keys.
 */
import process from "node:process";
import type * as library from "../../host/entry/node.ts";

const [dir = "", durability = "", keys = ""] = process.argv.slice(2);
/** A name that is not known before the program runs: it stands for what is installed beside it. */
const PACKAGE: string = "memflux";
const { open } = (await import(PACKAGE)) as typeof library;

const db = await open({ dir, durability: durability as "fsync" });
console.log(String(db.dbsize()));
for (let key = 0; key < Number(keys); key++) db.set(`key:${key}`, key);
