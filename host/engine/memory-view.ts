/**
 * Typed views on the engine's memory. Growth detaches every view, so `refresh` is called once after each call into the
 * engine; between two calls the views are valid. Callers take what they need for one call and never keep it.
 *
 * Addresses are unsigned bytes offsets (0 .. 4 GiB - 1). u32 reads need 4-byte aligned addresses. The engine is
 * little-endian, as is every machine that its hosts run on.
 */
import type { WasmMemory } from "./webassembly.ts";

const encoder = new TextEncoder();
/** Longest text whose characters are written one by one: cheaper than the encoder while they are ASCII. */
const SHORT_TEXT = 64;

export class MemoryView {
  readonly #memory: WasmMemory;
  #buffer: ArrayBuffer;
  #bytes: Uint8Array;
  #words: Uint32Array;
  #data: DataView;

  constructor(memory: WasmMemory) {
    this.#memory = memory;
    this.#buffer = memory.buffer;
    this.#bytes = new Uint8Array(this.#buffer);
    this.#words = new Uint32Array(this.#buffer);
    this.#data = new DataView(this.#buffer);
  }

  /** Renews the views if the memory has grown; costs one comparison if not. */
  refresh(): void {
    const buffer = this.#memory.buffer;
    if (buffer === this.#buffer) return;
    this.#buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#data = new DataView(buffer);
  }

  /** Size of the memory in bytes. */
  get sizeBytes(): number {
    return this.#bytes.length;
  }

  /** The u32 at an aligned address. */
  word(address: number): number {
    return this.#words[address >>> 2] as number;
  }

  /** The f64 at an address. */
  float(address: number): number {
    return this.#data.getFloat64(address, true);
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

  /** Writes text as UTF-8 and returns its length in bytes. Requires: room for three bytes a character. */
  writeText(address: number, text: string): number {
    const bytes = this.#bytes;
    if (text.length > SHORT_TEXT) return encoder.encodeInto(text, bytes.subarray(address, address + text.length * 3)).written;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) return encoder.encodeInto(text, bytes.subarray(address, address + text.length * 3)).written;
      bytes[address + index] = code;
    }
    return text.length;
  }
}
