/**
 * A program for any runtime: plays call logs (call-log.ts) to an engine file and prints the outcome of each as a line of JSON.
 *
 * Arguments: the engine file, the number of calls, seeds.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { playCallLog } from "./call-log.ts";

const [file = "", calls = "", ...seeds] = process.argv.slice(2);
const engineFile = readFileSync(file);
for (const seed of seeds) console.log(JSON.stringify(await playCallLog(engineFile, { seed: Number(seed), calls: Number(calls) })));
