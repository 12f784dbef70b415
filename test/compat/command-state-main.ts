/**
 * `npm run test:commands`: writes the table of Redis's commands in host/command/README.md anew (command-state.ts).
 *
 * Needs a built server and redis-server.
 */
import { writeFileSync } from "node:fs";
import { commandTable, README, readReadme, withTable } from "./command-state.ts";

writeFileSync(README, withTable(readReadme(), await commandTable()));
