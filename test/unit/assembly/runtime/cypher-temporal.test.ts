/**
 * Goal: Cypher's dates, times and durations are made, printed, taken apart, truncated, compared and calculated with as java.time and
 * openCypher say; zones by name follow the changes that the host gives; what is stored as a document's object is the same value.
 * Method: functions called by their names in the table; cases as tables. Zones are given as the executor gives them.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { SLOT_JSON } from "../../../../assembly/abi/record.ts";
import { zoneChanges } from "../../../../host/query/executor/time-zones.ts";
import { cypherOperator } from "../../../../host/query/function/cypher/table.ts";
import { plainType } from "../../../../host/query/type/type.ts";
import { type Argument, CypherFunctions, Json, type Tagged } from "../../../support/cypher-functions.ts";

const INVALID = "ArgumentError: InvalidArgumentValue";
const CHANGE_BYTES = 16;
const functions = new CypherFunctions();
const { engine } = functions;

/** A value made by a function, to be an argument. */
function made(name: string, ...given: readonly Argument[]): Tagged {
  return functions.value(name, ...given);
}

const date = (text: string): Tagged => made("date", text);
const datetime = (text: string): Tagged => made("datetime", text);
const duration = (text: string): Tagged => made("duration", text);

/** An operator of two values. */
function calculated(symbol: string, left: Argument, right: Argument): string {
  const row = cypherOperator(symbol).find(({ entry }) => entry.parameters.every(({ name }) => name === "value"));
  if (row === undefined) throw new Error(`no operator ${symbol}`);
  return functions.callRow(row, left, right);
}

function part(value: Tagged, name: string): string {
  const row = cypherOperator("property")[0];
  if (row === undefined) throw new Error("no properties");
  return functions.callRow(row, value, name);
}

beforeAll(() => {
  engine.reset();
  for (const zone of ["Europe/Stockholm", "Pacific/Honolulu", "Australia/Lord_Howe"]) {
    const changes = zoneChanges(zone) ?? [];
    const bytes = new DataView(new ArrayBuffer(changes.length * CHANGE_BYTES));
    changes.forEach(({ seconds, offset }, index) => {
      bytes.setBigInt64(index * CHANGE_BYTES, BigInt(seconds), true);
      bytes.setInt32(index * CHANGE_BYTES + 8, offset, true);
    });
    const place = engine.place(new Uint8Array(bytes.buffer));
    expect(engine.raw("temporal_zone", [engine.word(new TextEncoder().encode(zone)), place, changes.length])).toBe(1);
  }
});

describe("text", () => {
  test.each([
    ["date", "2015-07-21", "2015-07-21"],
    ["date", "20150721", "2015-07-21"],
    ["date", "2015-07", "2015-07-01"],
    ["date", "201507", "2015-07-01"],
    ["date", "2015-W30-2", "2015-07-21"],
    ["date", "2015W302", "2015-07-21"],
    ["date", "2014-W53", INVALID],
    ["date", "2015-W53", "2015-12-28"],
    ["date", "2015-Q2-60", "2015-05-30"],
    ["date", "2015-202", "2015-07-21"],
    ["date", "2015202", "2015-07-21"],
    ["date", "2015", "2015-01-01"],
    ["date", "2000-02-29", "2000-02-29"],
    ["date", "1900-02-29", INVALID],
    ["date", "2015-13-01", INVALID],
    ["date", "+999999999-12-31", "+999999999-12-31"],
    ["date", "-999999999-01-01", "-999999999-01-01"],
    ["date", "-0001-01-01", "-0001-01-01"],
    ["date", "", INVALID],
    ["date", "2015-07-21T10", INVALID],
    ["localtime", "21:40:32.142", "21:40:32.142"],
    ["localtime", "214032.1", "21:40:32.100"],
    ["localtime", "21:40:32.000001", "21:40:32.000001"],
    ["localtime", "2140", "21:40"],
    ["localtime", "21", "21:00"],
    ["localtime", "24:00", INVALID],
    ["localtime", "21:40Z", INVALID],
    ["time", "21:40:32+01:00", "21:40:32+01:00"],
    ["time", "2140-00:00", "21:40Z"],
    ["time", "22+18:00", "22:00+18:00"],
    ["time", "22+19:00", INVALID],
    ["time", "21:40", "21:40Z"],
    ["localdatetime", "2015-W30T2140", "2015-07-20T21:40"],
    ["datetime", "2015T214032-0100", "2015-01-01T21:40:32-01:00"],
    ["datetime", "2015-07-21T21:40:32.142[Europe/Stockholm]", "2015-07-21T21:40:32.142+02:00[Europe/Stockholm]"],
    ["datetime", "1818-07-21T21:40:32.142+0100[Europe/Stockholm]", "1818-07-21T21:40:32.142+00:53:28[Europe/Stockholm]"],
    ["datetime", "2017-03-26T02:30[Europe/Stockholm]", "2017-03-26T03:30+02:00[Europe/Stockholm]"],
    ["datetime", "2017-10-29T02:30[Europe/Stockholm]", "2017-10-29T02:30+02:00[Europe/Stockholm]"],
    ["duration", "P14DT16H12M", "P14DT16H12M"],
    ["duration", "P5M1.5D", "P5M1DT12H"],
    ["duration", "P0.75M", "P22DT19H51M49.5S"],
    ["duration", "P1Y-13M", "P-1M"],
    ["duration", "PT-1.000000001S", "PT-1.000000001S"],
    ["duration", "PT0S", "PT0S"],
    ["duration", "P", INVALID],
    ["duration", "P1X", INVALID],
  ])("%s(%s) is %s", (name, text, answer) => {
    engine.reset();
    expect(functions.call(name, text)).toBe(answer);
  });
});

describe("fields", () => {
  test.each([
    ["date", '{"year":1984,"week":10,"dayOfWeek":3}', "1984-03-07"],
    ["date", '{"year":1984,"quarter":3,"dayOfQuarter":45}', "1984-08-14"],
    ["date", '{"year":1984,"ordinalDay":202}', "1984-07-20"],
    ["date", '{"year":1984,"month":2,"day":30}', INVALID],
    ["date", '{"month":2}', INVALID],
    ["date", '{"year":1984,"fortnight":2}', INVALID],
    ["date", '{"year":"1984"}', INVALID],
    ["localtime", '{"hour":12,"minute":31,"second":14,"millisecond":645,"microsecond":876,"nanosecond":123}', "12:31:14.645876123"],
    ["localtime", '{"hour":12,"millisecond":1000}', INVALID],
    ["time", '{"hour":12,"timezone":"+01:00"}', "12:00+01:00"],
    ["datetime", '{"year":1984}', "1984-01-01T00:00Z"],
    ["datetime", '{"year":2017,"month":8,"day":8,"timezone":"Europe/Stockholm"}', "2017-08-08T00:00+02:00[Europe/Stockholm]"],
    ["datetime", '{"epochSeconds":416779,"nanosecond":999999999}', "1970-01-05T19:46:19.999999999Z"],
    ["datetime", '{"epochMillis":-1}', "1969-12-31T23:59:59.999Z"],
    ["duration", '{"years":12,"months":5,"days":-14,"hours":16}', "P12Y5M-14DT16H"],
    ["duration", '{"seconds":2,"milliseconds":-1}', "PT1.999S"],
    ["duration", '{"seconds":-60,"milliseconds":1}', "PT-59.999S"],
    ["duration", '{"months":5.5}', "P5M15DT5H14M33S"],
    ["duration", '{"weeks":2.5}', "P17DT12H"],
    ["duration", '{"years":9e18}', "ArithmeticError: NumberOutOfRange"],
    ["duration", '{"ages":1}', INVALID],
  ])("%s(%s) is %s", (name, fields, answer) => {
    engine.reset();
    expect(functions.call(name, new Json(fields))).toBe(answer);
  });

  test("the clock is that of the statement", () => {
    engine.reset();
    expect(functions.call("datetime")).toBe("2024-03-15T13:14:15.678901Z");
    expect(functions.call("date")).toBe("2024-03-15");
    expect(functions.call("datetime.realtime", "Pacific/Honolulu")).toBe("2024-03-15T03:14:15.678901-10:00[Pacific/Honolulu]");
  });

  test("a zone that nobody has given is asked for", () => {
    engine.reset();
    expect(functions.call("datetime", "2015-07-21T21:40[Europe/London]")).toBe(INVALID);
    expect(zoneChanges("Europe/Nowhere")).toBeUndefined();
  });
});

describe("truncation", () => {
  test.each([
    ["date", "century", "1984-10-11T12:31:14.645876123+01:00", "1900-01-01"],
    ["date", "weekYear", "1984-01-01T00:00Z", "1983-01-03"],
    ["datetime", "quarter", "1984-11-11T12:31Z", "1984-10-01T00:00Z"],
    ["datetime", "week", "1984-10-11T12:31+01:00", "1984-10-08T00:00+01:00"],
    ["localdatetime", "hour", "1984-10-11T12:31Z", "1984-10-11T12:00"],
    ["localtime", "microsecond", "1984-10-11T12:31:14.645876123Z", "12:31:14.645876"],
    ["time", "day", "1984-10-11T12:31+01:00", "00:00+01:00"],
    ["date", "fortnight", "1984-10-11T12:31+01:00", INVALID],
  ])("%s.truncate('%s', %s) is %s", (name, unit, value, answer) => {
    engine.reset();
    expect(functions.call(`${name}.truncate`, unit, datetime(value))).toBe(answer);
  });

  test("fields fill what was cut off", () => {
    engine.reset();
    const value = datetime("1984-10-11T12:31:14.645876123-01:00");
    expect(functions.call("time.truncate", "millisecond", value, new Json('{"nanosecond":2}'))).toBe("12:31:14.645000002-01:00");
    expect(functions.call("datetime.truncate", "hour", value, new Json('{"timezone":"Europe/Stockholm"}'))).toBe(
      "1984-10-11T12:00+01:00[Europe/Stockholm]",
    );
  });
});

describe("arithmetic", () => {
  test("dates and times move by durations, at the end of months and over changes of the clock", () => {
    engine.reset();
    expect(calculated("+", date("2015-01-31"), duration("P1M"))).toBe("2015-02-28");
    expect(calculated("-", date("1984-10-11"), duration("P12Y5M14DT16H13M10S"))).toBe("1972-04-27");
    expect(calculated("+", duration("PT25H"), date("1984-10-11"))).toBe("1984-10-12");
    expect(calculated("+", made("localtime", "23:59"), duration("P5DT2M"))).toBe("00:01");
    const summer = datetime("2017-03-25T12:00[Europe/Stockholm]");
    expect(calculated("+", summer, duration("P1D"))).toBe("2017-03-26T12:00+02:00[Europe/Stockholm]");
    expect(calculated("+", summer, duration("PT24H"))).toBe("2017-03-26T13:00+02:00[Europe/Stockholm]");
    const half = datetime("2024-04-06T23:45[Australia/Lord_Howe]");
    expect(calculated("+", half, duration("PT3H"))).toBe("2024-04-07T02:15+10:30[Australia/Lord_Howe]");
  });

  test("durations are added, and multiplied part by part", () => {
    engine.reset();
    const value = duration("P12Y5M14DT16H13M10.000000001S");
    expect(calculated("*", value, 0.5)).toBe("P6Y2M22DT13H21M8S");
    expect(calculated("/", value, 0.5)).toBe("P24Y10M28DT32H26M20.000000002S");
    expect(calculated("-", value, value)).toBe("PT0S");
    expect(calculated("/", value, 0n)).toBe("ArithmeticError: NumberOutOfRange");
    expect(calculated("*", value, value)).toBe("TypeError: InvalidArgumentValue");
    expect(calculated("-", duration("P1D"), date("2015-01-01"))).toBe("TypeError: InvalidArgumentValue");
  });

  test.each([
    ["duration.between", "2018-01-02T10:00:00.1Z", "2018-01-01T10:00:00.2Z", "PT-23H-59M-59.9S"],
    ["duration.between", "2014-07-21T21:40:36.143+0200", "2015-07-21T21:40:32.142+0100", "P1YT59M55.999S"],
    ["duration.inMonths", "2018-07-21T00:00Z", "2016-07-21T21:40:32.142Z", "P-1Y-11M"],
    ["duration.inDays", "2014-07-21T21:40:36.143+0200", "2015-07-21T21:40:32.142+0100", "P365D"],
    ["duration.inSeconds", "2017-10-29T00:00[Europe/Stockholm]", "2017-10-30T00:00[Europe/Stockholm]", "PT25H"],
  ])("%s of %s and %s is %s", (name, from, to, answer) => {
    engine.reset();
    expect(functions.call(name, datetime(from), datetime(to))).toBe(answer);
  });
});

describe("order", () => {
  const texts = [
    "2015-07-21T21:40:32.142+01:00",
    "2015-07-21T21:40:32.142+02:00",
    "2015-07-21T20:40:32.142Z",
    "2015-07-21T22:40:32.142+02:00[Europe/Stockholm]",
    "-0044-03-15T00:00Z",
    "2015-07-21T21:40:32.142000001+01:00",
  ];

  test("comparison, equality, hash and sort keys agree", () => {
    engine.reset();
    const key = (value: Tagged): string => {
      engine.raw("sort_key_begin", []);
      engine.raw("sort_key_put", [value.tag, value.payload, 8]);
      return Buffer.from(engine.bytes(engine.raw("sort_key_word", []) as bigint)).toString("latin1");
    };
    const values = texts.map((text) => datetime(text));
    for (const left of values) {
      for (const right of values) {
        const order = Math.sign(Number(engine.raw("value_compare", [left.tag, left.payload, right.tag, right.payload])));
        expect(key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0).toBe(order);
        expect(calculated("=", left, right)).toBe(String(order === 0));
        expect(calculated("<", left, right)).toBe(String(order < 0));
        if (order === 0) {
          const hash = (value: Tagged): bigint => engine.raw("value_hash", [value.tag, value.payload]) as bigint;
          expect(hash(left)).toBe(hash(right));
        }
      }
    }
  });

  test("values of different types, and durations, have no known order", () => {
    engine.reset();
    expect(calculated("<", date("2015-01-01"), datetime("2015-01-01T00:00Z"))).toBe("NULL");
    expect(calculated("=", date("2015-01-01"), datetime("2015-01-01T00:00Z"))).toBe("false");
    expect(calculated("<", duration("P1D"), duration("P2D"))).toBe("NULL");
    expect(calculated("=", duration("P1D"), duration("PT24H"))).toBe("false");
  });
});

describe("parts", () => {
  test("of dates, times and places", () => {
    engine.reset();
    const value = datetime("1984-11-11T12:31:14.645876123[Europe/Stockholm]");
    const parts = ["year", "quarter", "month", "week", "weekYear", "day", "ordinalDay", "weekDay", "dayOfQuarter", "hour", "nanosecond"];
    expect(parts.map((name) => part(value, name)).join()).toBe("1984,4,11,45,1984,11,316,7,42,12,645876123");
    expect(part(value, "timezone")).toBe('"Europe/Stockholm"');
    expect(part(value, "offset")).toBe('"+01:00"');
    expect(part(value, "epochMillis")).toBe("469020674645");
    expect(part(value, "nothing")).toBe("NULL");
    expect(part(date("1984-11-11"), "hour")).toBe("NULL");
  });

  test("of durations", () => {
    engine.reset();
    const value = duration("P1Y4M10DT1H1M1.111111111S");
    const parts = ["years", "quarters", "months", "monthsOfYear", "weeks", "days", "minutes", "secondsOfMinute", "nanosecondsOfSecond"];
    expect(parts.map((name) => part(value, name)).join()).toBe("1,5,16,4,1,10,61,1,111111111");
  });
});

describe("documents", () => {
  test.each([
    ["date", "1984-10-11"],
    ["time", "12:31:14.645876123+01:00"],
    ["localtime", "12:31:14"],
    ["localdatetime", "-0044-03-15T00:00"],
    ["datetime", "2017-08-08T12:31:14.645876123+02:00[Europe/Stockholm]"],
    ["duration", "P12Y5M-14DT16H0.5S"],
  ])("a %s is stored as an object and read as itself", (name, text) => {
    engine.reset();
    const value = made(name, text);
    const stored = engine.raw("property_value", [value.tag, value.payload]) as bigint;
    expect(engine.tag()).toBe(SLOT_JSON);
    expect(engine.print(stored, plainType("jsonb"))).toBe(`{"$${name}": "${text}"}`);
    const read = { tag: SLOT_JSON, payload: stored };
    expect(calculated("=", read, value)).toBe("true");
    expect(engine.raw("value_compare", [read.tag, read.payload, value.tag, value.payload])).toBe(0);
    expect(functions.call("toString", read)).toBe(JSON.stringify(text));
    expect(functions.call("head", new Json(`[{"$${name}": "${text}"}]`))).toBe(text);
  });

  test("an object that only looks like one is a map", () => {
    engine.reset();
    for (const text of ['{"$date":"no date"}', '{"$date":1}', '{"$date":"2015-01-01","a":1}', '{"$dates":"2015-01-01"}']) {
      expect(functions.call("head", new Json(`[${text}]`)).replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }
  });
});
