/** The little of WebAssembly that this room uses: the compiler settings name no library that declares it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
export interface WasmModule {
  readonly [Symbol.toStringTag]: 'WebAssembly.Module';
}
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface WasmApi {
  Memory: new (descriptor: { initial: number; maximum?: number }) => WasmMemory;
  RuntimeError: new (message?: string) => Error;
  compile: (bytes: Uint8Array) => Promise<WasmModule>;
  instantiate: (module: WasmModule, imports: unknown) => Promise<WasmInstance>;
}

// Node has it since version 8; the cast only tells the compiler.
export const { Memory, RuntimeError, compile, instantiate } = (globalThis as unknown as { WebAssembly: WasmApi })
  .WebAssembly;
