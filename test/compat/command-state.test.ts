/**
 * Goal: the table of Redis's commands in host/command/README.md is what the servers do, and no command differs unnoticed.
 * Method: the table made anew. Not run where redis-server is not installed.
 */
import { describe, expect, it } from "vitest";
import { isRedisInstalled } from "../support/test-server.ts";
import { commandTable, readReadme, withTable } from "./command-state.ts";

describe.skipIf(!isRedisInstalled())("the table of Redis's commands", () => {
  it("is current: npm run test:commands writes it", async () => {
    expect(withTable(readReadme(), await commandTable())).toBe(readReadme());
  });
});
