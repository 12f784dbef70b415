/**
 * Imports for engine units that run inside WebAssembly: the two calls that wasi-shim's abort and console need.
 */
export default function createWasmImports({ memory }) {
  const decoder = new TextDecoder();
  return {
    wasi_snapshot_preview1: {
      fd_write(descriptor, vectors, count, written) {
        const view = new DataView(memory.buffer);
        let length = 0;
        let text = "";
        for (let index = 0; index < count; index++) {
          const pointer = view.getUint32(vectors + index * 8, true);
          const size = view.getUint32(vectors + index * 8 + 4, true);
          text += decoder.decode(new Uint8Array(memory.buffer, pointer, size).slice());
          length += size;
        }
        (descriptor === 2 ? process.stderr : process.stdout).write(text);
        view.setUint32(written, length, true);
        return 0;
      },
      proc_exit(code) {
        throw new Error(`proc_exit(${code})`);
      },
    },
  };
}
