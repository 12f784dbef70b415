/** `npm run test:commands`: writes the table of Redis's commands anew (command-state.ts). */
import { writeFileSync } from "node:fs";
import { commandTable, README, readReadme, withTable } from "./command-state.ts";

writeFileSync(README, withTable(readReadme(), await commandTable()));
