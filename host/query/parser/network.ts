/**
 * Reading the network of a grammar from the text that the build made of it (host/build/grammar-network.mjs has the format).
 */
import { type ATN, ATNDeserializer } from "antlr4ng";
import { PackedNumbers } from "./packed-numbers.ts";

/** Fields of a transition in ANTLR's format. */
const FIELDS = 6;

/** ANTLR's network. Requires: the text is what the build has made. */
export function readNetwork(text: string): ATN {
  return new ATNDeserializer().deserialize(unpackNetwork(text));
}

/** The list of numbers that ANTLR's tool had written. */
export function unpackNetwork(text: string): number[] {
  const reader = new PackedNumbers(text);
  const numbers = reader.list(reader.next());
  const count = reader.next();
  numbers.push(count);
  const sources = reader.differences(count);
  const targets = sources.map((source) => source + reader.signed());
  const types = reader.list(count);
  const columns = [sources, targets, types, ...[3, 4, 5].map(() => reader.differences(count))];
  for (let index = 0; index < count; index++) for (let field = 0; field < FIELDS; field++) numbers.push(columns[field]![index]!);
  numbers.push(...reader.list(reader.next()));
  return numbers;
}
