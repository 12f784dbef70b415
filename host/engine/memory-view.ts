/**
 * Typed views on the engine's memory. Growth detaches every view, so `refresh` is called once after each call into the
 * engine; between two calls the views are valid. Callers take what they need for one call and never keep it.
 *
 * Addresses are unsigned bytes offsets (0 .. 4 GiB - 1). u32 reads need 4-byte aligned addresses. The engine is
 * little-endian, as is every machine that its hosts run on.
 */
import { standardText, type TextCodec } from "../common/text-codec.ts";
import type { WasmMemory } from "./webassembly.ts";

/** Longest ASCII text that is cheaper to make character by character than by the codec. */
const SHORT_READ = 8;
const { fromCharCode } = String;

export class MemoryView {
  readonly #memory: WasmMemory;
  #buffer: ArrayBuffer;
  #bytes: Uint8Array;
  #words: Uint32Array;
  #data: DataView;
  readonly #codec: TextCodec;
  /** The bytes in the form that the codec takes. */
  #text: Uint8Array;

  constructor(memory: WasmMemory, codec: TextCodec = standardText) {
    this.#memory = memory;
    this.#codec = codec;
    this.#buffer = memory.buffer;
    this.#bytes = new Uint8Array(this.#buffer);
    this.#words = new Uint32Array(this.#buffer);
    this.#data = new DataView(this.#buffer);
    this.#text = codec.view(this.#buffer);
  }

  /** Renews the views if the memory has grown; costs one comparison if not, since growth empties them. */
  refresh(): void {
    if (this.#bytes.length !== 0) return;
    const { buffer } = this.#memory;
    this.#buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#data = new DataView(buffer);
    this.#text = this.#codec.view(buffer);
  }

  /** Size of the memory in bytes. */
  get sizeBytes(): number {
    return this.#bytes.length;
  }

  /** The byte at an address. */
  byte(address: number): number {
    return this.#bytes[address] as number;
  }

  /** The u32 at an aligned address. */
  word(address: number): number {
    return this.#words[address >>> 2] as number;
  }

  /** The u32 at any address. */
  looseWord(address: number): number {
    return this.#data.getUint32(address, true);
  }

  /** The f64 at an address. */
  float(address: number): number {
    return this.#data.getFloat64(address, true);
  }

  /** The i64 at an address. */
  long(address: number): bigint {
    return this.#data.getBigInt64(address, true);
  }

  /** Writes an i64 at an address. */
  setLong(address: number, value: bigint): void {
    this.#data.setBigInt64(address, value, true);
  }

  /** Writes an f64 at an address. */
  setFloat(address: number, value: number): void {
    this.#data.setFloat64(address, value, true);
  }

  /** A view of `length` bytes, valid until the next call into the engine. */
  view(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#buffer, address, length);
  }

  /** A copy of `length` bytes. */
  copy(address: number, length: number): Uint8Array {
    return this.#bytes.slice(address, address + length);
  }

  /** Writes `source` at an address. */
  write(address: number, source: Uint8Array): void {
    this.#bytes.set(source, address);
  }

  /** Writes a u32 at an aligned address. */
  setWord(address: number, value: number): void {
    this.#words[address >>> 2] = value;
  }

  /**
   * Writes text as UTF-8 and returns its length in bytes; what follows up to the next multiple of four may become zero. Requires: room for
   * three bytes for each of its units, and for those.
   */
  writeText(address: number, text: string): number {
    const { length } = text;
    if (length > this.#codec.shortTextMax || (address & 3) !== 0) return this.#codec.write(this.#text, text, address);
    const words = this.#words;
    const whole = length & ~3;
    let seen = 0;
    let index = 0;
    // Four characters a store: what costs most is each store's check of its bounds.
    for (; index < whole; index += 4) {
      const first = text.charCodeAt(index);
      const second = text.charCodeAt(index + 1);
      const third = text.charCodeAt(index + 2);
      const fourth = text.charCodeAt(index + 3);
      seen |= first | second | third | fourth;
      words[(address + index) >>> 2] = first | (second << 8) | (third << 16) | (fourth << 24);
    }
    if (index < length) {
      let last = 0;
      for (let shift = 0; index < length; index++, shift += 8) {
        const code = text.charCodeAt(index);
        seen |= code;
        last |= code << shift;
      }
      words[(address + whole) >>> 2] = last;
    }
    return seen < 128 ? length : this.#codec.write(this.#text, text, address);
  }

  /** The text of UTF-8 bytes. */
  readText(address: number, length: number): string {
    return this.#codec.read(this.#text, address, address + length);
  }

  /** The text of bytes that are known to be ASCII. */
  readAscii(address: number, length: number): string {
    if (length > SHORT_READ) return this.#codec.readAscii(this.#text, address, address + length);
    const bytes = this.#bytes;
    if (length === SHORT_READ) {
      return fromCharCode(
        bytes[address] as number,
        bytes[address + 1] as number,
        bytes[address + 2] as number,
        bytes[address + 3] as number,
        bytes[address + 4] as number,
        bytes[address + 5] as number,
        bytes[address + 6] as number,
        bytes[address + 7] as number,
      );
    }
    let text = "";
    for (let position = address; position < address + length; position++) text += fromCharCode(bytes[position] as number);
    return text;
  }
}
