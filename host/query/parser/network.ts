/**
 * Reading the network of a grammar from the text that the build made of it (host/build/grammar-network.mjs has the format).
 */
import { type ATN, ATNDeserializer } from "antlr4ng";

/** Fields of a transition in ANTLR's format. */
const FIELDS = 6;

/** ANTLR's network. Requires: the text is what the build has made. */
export function readNetwork(text: string): ATN {
  return new ATNDeserializer().deserialize(unpackNetwork(text));
}

/** The list of numbers that ANTLR's tool had written. */
export function unpackNetwork(text: string): number[] {
  const reader = new NumberReader(text);
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

class NumberReader {
  readonly #bytes: string;
  #at = 0;

  constructor(text: string) {
    this.#bytes = atob(text);
  }

  next(): number {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes.charCodeAt(this.#at++);
      number |= (byte & 127) << shift;
      if (byte < 128) return number;
    }
  }

  signed(): number {
    const number = this.next();
    return number & 1 ? -((number + 1) >>> 1) : number >>> 1;
  }

  list(count: number): number[] {
    return Array.from({ length: count }, () => this.next());
  }

  differences(count: number): number[] {
    let last = 0;
    return Array.from({ length: count }, () => {
      last += this.signed();
      return last;
    });
  }
}
