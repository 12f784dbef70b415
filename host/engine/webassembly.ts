/**
 * The part of the JavaScript runtime's WebAssembly interface that the engine door and host/extension use, declared here so that
 * the host compiles without the browser's type library: every supported runtime (Node, Bun, Deno, browsers) has this object.
 */

/** A memory; `buffer` is a new object after each growth, and the old one is detached. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** A compiled module; opaque. */
export interface WasmModule {
  readonly [Symbol.toStringTag]?: string;
}

export interface WasmImportDescriptor {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
}

/** A table of functions. */
export interface WasmTable {
  readonly length: number;
  grow(delta: number): number;
  set(index: number, value: unknown): void;
}

export type WasmFunction = (...args: number[]) => number | undefined;

interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface WasmApi {
  readonly RuntimeError: new () => object;
  readonly compile: (bytes: Uint8Array) => Promise<WasmModule>;
  readonly compileStreaming: (response: Response) => Promise<WasmModule>;
  readonly Module: {
    new (bytes: Uint8Array): WasmModule;
    imports(module: WasmModule): WasmImportDescriptor[];
  };
  readonly Global: new (descriptor: { readonly value: "i32"; readonly mutable: boolean }, value: number) => object;
  readonly Instance: new (module: WasmModule, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => WasmInstance;
}

/** The runtime's own `WebAssembly` object. */
export const webAssembly: WasmApi = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;

/** Whether what was thrown is a trap. A stack that is used up counts: nobody knows on which side of the boundary it was. */
export function isTrap(cause: unknown): boolean {
  return cause instanceof webAssembly.RuntimeError || cause instanceof RangeError;
}
