/**
 * Options: the table is sound, sources overrule each other in order, and whatever is wrong is refused with a message that
 * names the flag, variable or key.
 */
import { describe, expect, it } from "vitest";
import { resolveOptions } from "../../../../host/common/option-sources.ts";
import { OPTION_TABLE } from "../../../../host/common/option-table.ts";
import { findOption, flagOf, formatOption, OptionStore, parseOption, variableOf } from "../../../../host/common/options.ts";

const noFile = () => {
  throw new TypeError("no file expected");
};

function resolve(argv: readonly string[], env: Record<string, string> = {}, files: Record<string, string> = {}) {
  const readFile = (path: string) => files[path] ?? noFile();
  return resolveOptions({ argv, env, readFile });
}

function failure(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    return error as { code: string; message: string };
  }
  return { code: "NONE", message: "nothing was refused" };
}

describe("the option table", () => {
  it("has unique names, flags and variables, and defaults that it would accept itself", () => {
    expect(new Set(OPTION_TABLE.map((row) => row.name)).size).toBe(OPTION_TABLE.length);
    for (const row of OPTION_TABLE) {
      expect(row.name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(flagOf(row).slice(2).replaceAll("-", "_")).toBe(row.name);
      expect(variableOf(row).slice(8).toLowerCase()).toBe(row.name);
      expect(parseOption(row, row.default, row.name)).toBe(row.default);
      expect(row.help).not.toMatch(/\.$/);
    }
  });

  it("accepts the ends of every range and refuses what lies beyond", () => {
    for (const row of OPTION_TABLE) {
      const { min, max } = row;
      if (row.state === "planned" || min === undefined || max === undefined) continue;
      expect(parseOption(row, String(min), row.name)).toBe(min);
      expect(parseOption(row, String(max), row.name)).toBe(max);
      expect(failure(() => parseOption(row, String(max + 1), row.name)).code).toBe("INVALID_OPTION");
      if (min > 0) expect(failure(() => parseOption(row, String(min - 1), row.name)).code).toBe("INVALID_OPTION");
    }
  });
});

describe("sources", () => {
  it("lets flags overrule variables, variables the file, and the file the defaults", () => {
    const files = { "memflux.json": JSON.stringify({ port: 1, maxclients: 2, timeout: 3 }) };
    const { options } = resolve(["--port", "10", "--config", "memflux.json"], { MEMFLUX_PORT: "20", MEMFLUX_MAXCLIENTS: "21" }, files);
    expect([options.get("port"), options.get("maxclients"), options.get("timeout"), options.get("hz")]).toEqual([10, 21, 3, 10]);
  });

  it("reads --flag=value, --flag value, bare and negated booleans, and leaves the rest", () => {
    const { options, positional } = resolve(["--host=0.0.0.0", "--encrypt", "--no-fast-io", "a", "--active-expire", "no", "--", "--port"]);
    expect([options.get("host"), options.get("encrypt"), options.get("fast_io"), options.get("active_expire")]).toEqual([
      "0.0.0.0",
      true,
      false,
      false,
    ]);
    expect(positional).toEqual(["a", "--port"]);
  });

  it("reads sizes in Redis's units", () => {
    const row = findOption("output_pause_bytes");
    if (row === undefined) throw new TypeError("the option is gone");
    expect(["2k", "2kb", "3MB", "4096"].map((text) => parseOption(row, text, "x"))).toEqual([2000, 2048, 3 * 1024 ** 2, 4096]);
    expect(failure(() => parseOption(row, "2 kb", "x")).code).toBe("INVALID_OPTION");
  });

  it("keeps words as they are told: choices in small letters, lists in their own form", () => {
    const { options } = resolve(["--eviction-policy", "AllKeys-LRU", "--shutdown-on-sigint", "now NOSAVE now", "--loglevel=DEBUG"]);
    expect(options.get("eviction_policy")).toBe("allkeys-lru");
    expect(options.get("shutdown_on_sigint")).toBe("nosave now");
    expect(options.get("loglevel")).toBe("debug");
    const row = findOption("latency_tracking_info_percentiles");
    expect(row && parseOption(row, "0.0 50.0 99.90", "x")).toBe("0 50 99.9");
  });

  it.each([
    [["--prot", "1"], "UNKNOWN_OPTION", "--prot; did you mean --port?"],
    [["--port"], "INVALID_OPTION", "--port needs a value"],
    [["--port", "x"], "INVALID_OPTION", '--port: "x"'],
    [["--port", "-1"], "INVALID_OPTION", "--port: -1 is not between"],
    [["--port", "65536"], "INVALID_OPTION", "--port: 65536"],
    [["--port", "1", "--port", "2"], "INVALID_OPTION", "--port is given twice"],
    [["--encrypt=maybe"], "INVALID_OPTION", "--encrypt"],
    [["--no-port"], "UNKNOWN_OPTION", "--no-port"],
    [["--snapshot-file", "x"], "OPTION_NOT_SUPPORTED", "--snapshot-file: not supported yet"],
    [["--eviction-policy", "mru"], "INVALID_OPTION", "none of volatile-lru"],
    [["--shutdown-on-sigterm", "save nosave"], "INVALID_OPTION", "can't be used simultaneously"],
    [["--shutdown-on-sigterm", "now later"], "INVALID_OPTION", "one of the following: default, save"],
  ] as const)("refuses %j", (argv, code, words) => {
    const { code: got, message } = failure(() => resolve(argv));
    expect(got).toBe(code);
    expect(message).toContain(words);
  });

  it("refuses unknown variables and keys, broken files and files of the wrong shape", () => {
    expect(failure(() => resolve([], { MEMFLUX_PROT: "1" })).message).toContain("did you mean MEMFLUX_PORT");
    expect(failure(() => resolve(["--config", "f"], {}, { f: '{"prot":1}' })).message).toContain('unknown key "prot"; did you mean port?');
    expect(failure(() => resolve(["--config", "f"], {}, { f: "{" })).code).toBe("CONFIG_FILE");
    expect(failure(() => resolve(["--config", "f"], {}, { f: "[]" })).code).toBe("CONFIG_FILE");
    expect(failure(() => resolve(["--config", "f"], {}, { f: '{"port":null}' })).code).toBe("INVALID_OPTION");
    expect(failure(() => resolve(["--config", "gone"])).message).toContain("config file gone");
  });
});

describe("the store", () => {
  it("tells listeners of changes until they leave, and changes nothing when a value is refused", () => {
    const store = new OptionStore();
    const seen: unknown[] = [];
    const leave = store.onChange("maxclients", (value) => seen.push(value));
    store.set("maxclients", "5");
    expect(failure(() => store.set("maxclients", "many")).code).toBe("INVALID_OPTION");
    leave();
    store.set("maxclients", "6");
    expect(seen).toEqual([5]);
    expect(store.get("maxclients")).toBe(6);
  });

  it("refuses to change what is fixed at start, and names that it does not know", () => {
    const store = new OptionStore();
    expect(failure(() => store.set("port", "1")).code).toBe("IMMUTABLE_OPTION");
    expect(failure(() => store.set("nothing", "1")).code).toBe("UNKNOWN_OPTION");
    expect(failure(() => store.get("nothing")).code).toBe("UNKNOWN_OPTION");
  });

  it("shows booleans as yes and no", () => {
    const row = findOption("fast_io");
    expect(row && [formatOption(row, true), formatOption(row, false)]).toEqual(["yes", "no"]);
  });
});
