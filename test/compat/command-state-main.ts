/**
 * `npm run test:commands`: writes the table of Redis's commands into host/command/README.md anew (command-state.ts). Needs a redis-server, and
 * tries each command on it and on ours.
 */
import { writeFileSync } from "node:fs";
import { commandTable, README, readReadme, withTable } from "./command-state.ts";

writeFileSync(README, withTable(readReadme(), await commandTable()));
