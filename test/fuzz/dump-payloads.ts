/**
 * Fuzz of RESTORE: payloads of values, whole, changed in some bytes or cut, with a checksum that fits, so that the reading itself is met.
 *
 * Findings: a trap, a failing assertion or invariant (debug build), an answer other than OK and Redis's two errors, a key changed by what was refused,
 * a value that its own DUMP does not make again, or effects whose replay differs.
 */
import { SETTING_EFFECTS, STATUS_OK } from "../../assembly/abi/status.ts";
import { START_MS, TestEngine } from "../support/engine.ts";
import {
  intset,
  listpack,
  payload,
  payloadValue,
  rdbCompressed,
  rdbDouble,
  rdbLength,
  rdbString,
  rdbTime,
  ziplist,
  zipmap,
} from "../support/rdb-payload.ts";
import { type RandomInput, randomInput } from "../unit/assembly/bytes/random-input.ts";

const NUMBERS = [0, 1, 12, 13, 127, -1, -129, 5000, -70_000, 2 ** 31, -(2 ** 40)];

function items(random: RandomInput, count: number): (string | number)[] {
  return Array.from({ length: count }, (_, index) =>
    random.below(2) === 0 ? `i${index}${"x".repeat(random.pick([0, 1, 60, 70, 300]))}` : random.pick(NUMBERS) + index,
  );
}

function value(random: RandomInput): string {
  const flat = items(random, 2 * (1 + random.below(12)));
  const texts = flat.map(String);
  const pairs = texts.filter((_, index) => index % 2 === 0).map((text, index): [string, string] => [text, texts[index * 2 + 1] as string]);
  switch (random.below(16)) {
    case 11:
      return `\u0001${rdbLength(texts.length)}${texts.map(rdbString).join("")}`;
    case 12:
      return `\u000e${rdbLength(2)}${rdbString(ziplist(flat))}${rdbString(ziplist(["a"]))}`;
    case 13:
      return `\u0012${rdbLength(2)}\u0002${rdbString(listpack(flat))}\u0001${rdbString("plain")}`;
    case 14:
      return `\u0005${rdbLength(pairs.length)}${pairs.map(([member], index) => rdbString(member) + rdbDouble(index / 4)).join("")}`;
    case 15:
      return `\u0011${rdbString(listpack(pairs.flatMap(([member], index) => [member, index % 2 === 0 ? index : `${index}.5`])))}`;
    case 0:
      return `\0${rdbString(texts[0] as string)}`;
    case 1:
      return `\0${rdbCompressed("\u0001ab\u00e0\u0003\u0001", 14)}`;
    case 2:
      return `\u0002${rdbLength(texts.length)}${texts.map(rdbString).join("")}`;
    case 3:
      return `\u0004${rdbLength(pairs.length)}${texts.map(rdbString).join("")}`;
    case 4:
      return `\u0009${rdbString(zipmap(pairs, random.below(3)))}`;
    case 5:
      return `\u000b${rdbString(intset([-9, 4, 700], 2))}`;
    case 6:
      return `\u000d${rdbString(ziplist(flat))}`;
    case 7:
      return `\u0010${rdbString(listpack(flat))}`;
    case 8:
      return `\u0014${rdbString(listpack(flat))}`;
    case 9: {
      const timed = pairs.map(([field, text], index) => rdbLength(index % 3) + rdbString(field) + rdbString(text)).join("");
      return `\u0018${rdbTime(START_MS + 50)}${rdbLength(pairs.length)}${timed}`;
    }
    default:
      return `\u0019${rdbTime(START_MS)}${rdbString(listpack(pairs.flatMap(([field, text], index) => [field, text, (index % 2) * (START_MS + 9)])))}`;
  }
}

function spoiled(random: RandomInput, text: string): string {
  let bytes = text;
  for (let count = random.below(4); count > 0; count--) {
    const at = random.below(bytes.length + 1);
    const byte = String.fromCharCode(random.pick([0, 1, 2, 63, 64, 128, 129, 192, 195, 240, 254, 255, random.below(256)]));
    bytes = random.below(6) === 0 ? bytes.slice(0, at) : bytes.slice(0, at) + byte + bytes.slice(at + random.below(2));
  }
  return bytes;
}

export function fuzzDumpPayloads(seed: number, steps: number): void {
  const random = randomInput(seed);
  const engine = new TestEngine("debug");
  const twin = new TestEngine("debug");
  engine.configure(SETTING_EFFECTS, 1);
  const session = engine.open();
  const dump = () => {
    const reply = engine.command(session, ["DUMP", "k"]);
    return reply.slice(reply.indexOf("\n") + 1, -2);
  };
  for (let step = 0; step < steps; step++) {
    const before = engine.digest();
    const bytes = spoiled(random, value(random));
    const reply = engine.command(session, ["RESTORE", "k", "0", payload(bytes, 12), "REPLACE"]);
    const done = reply === "+OK\r\n";
    const where = `step ${step}: ${JSON.stringify(bytes)}`;
    if (!done && !reply.startsWith("-ERR Bad data format")) throw new Error(`${where}: answered ${reply}`);
    if (!done && engine.digest() !== before) throw new Error(`${where}: refused, and yet something has changed`);
    engine.check();
    // Fields that are over are no part of a payload.
    engine.settle(START_MS);
    if (done && engine.command(session, ["EXISTS", "k"]) === ":1\r\n") {
      const after = engine.digest();
      const again = engine.command(session, ["RESTORE", "k", "0", dump(), "REPLACE"]);
      if (again !== "+OK\r\n" || engine.digest() !== after) throw new Error(`${where}: its DUMP makes something else`);
      if (payloadValue(dump()).length === 0) throw new Error(`${where}: an empty payload`);
    }
    if (twin.replay(engine.takeEffects()) !== STATUS_OK) throw new Error(`${where}: effects that replay refuses`);
    if (twin.digest() !== engine.digest()) throw new Error(`${where}: replay makes something else`);
  }
}
