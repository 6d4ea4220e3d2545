/**
 * The QuickJS engine as WebAssembly: compiled once, on first use, and instantiated per realm.
 *
 * The engine asks its host for three things, and each is answered here in place of the machine: the time, the offset of
 * the time zone, and more memory. The glue code names its imports with single letters that change with every build, so
 * they are found by what they do; a test of this file fails when an update of the package breaks that.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { QuickJSWASMModule } from 'quickjs-emscripten';
import { compile, instantiate, Memory, type WasmMemory, type WasmModule } from './webassembly.ts';
import { zoneOffset } from './zone.ts';

/** What the machine looks like from inside one instance; the owner changes the fields between runs. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  now: number;
  zone: string;
  /** Bytes the memory may grow to. */
  memory: number;
  /** Set when the script wanted more. */
  memoryRefused: boolean;
}

export interface Engine {
  readonly module: QuickJSWASMModule;
  readonly memory: WasmMemory;
}

type Import = (...args: (number | bigint)[]) => unknown;

let compiled: Promise<WasmModule> | undefined;

/** A fresh engine that shares nothing but its code with others. */
export async function startEngine(surroundings: Surroundings): Promise<Engine> {
  const quickjs = await import('quickjs-emscripten');
  compiled ??= compileEngine();
  const code = await compiled;
  let memory: WasmMemory | undefined;
  const variant = quickjs.newVariant(quickjs.RELEASE_SYNC, {
    emscriptenModule: {
      instantiateWasm(imports, done) {
        const table = Object.values(imports)[0] as Record<string, unknown>; // emscripten has a single import module
        memory = Object.values(table).find((value) => value instanceof Memory);
        redirect(table, surroundings, () => memory);
        void instantiate(code, imports).then((instance) => done(instance));
        return {};
      },
    },
  });
  const module = await quickjs.newQuickJSWASMModuleFromVariant(variant);
  if (!memory) throw new Error('the QuickJS engine has no memory of its own');
  quickenStrings(module, memory);
  return { module, memory };
}

interface Glue {
  lengthBytesUTF8?: (text: string) => number;
  stringToUTF8?: (text: string, at: number, bytes: number) => number;
}

/**
 * Every request is written into the engine as text. The glue does that character by character in JavaScript; Node's own
 * encoder does the same several times faster. Where the glue is built differently, nothing is changed.
 */
function quickenStrings(module: QuickJSWASMModule, memory: WasmMemory): void {
  const { module: glue } = module as unknown as { module?: Glue }; // a private field, so it may be missing
  if (!glue?.lengthBytesUTF8 || !glue.stringToUTF8) return;
  const encoder = new TextEncoder();
  glue.lengthBytesUTF8 = (text) => Buffer.byteLength(text);
  glue.stringToUTF8 = (text, at, bytes) => {
    const target = new Uint8Array(memory.buffer, at, bytes);
    const { written } = encoder.encodeInto(text, target);
    target[Math.min(written, bytes - 1)] = 0;
    return written;
  };
}

async function compileEngine(): Promise<WasmModule> {
  const outer = createRequire(import.meta.url);
  const inner = createRequire(outer.resolve('quickjs-emscripten'));
  return compile(await readFile(inner.resolve('@jitl/quickjs-wasmfile-release-sync/wasm')));
}

function redirect(
  table: Record<string, unknown>,
  surroundings: Surroundings,
  memory: () => WasmMemory | undefined,
): void {
  const grow = replace(table, /\.grow\(/);
  const found = [
    replace(table, /Date\.now\(\)/)?.(() => surroundings.now),
    replace(table, /getSeconds\(\)/)?.((time, at) => writeLocalTime(Number(time), Number(at), surroundings, memory())),
    grow?.((wanted) => {
      if (Number(wanted) <= surroundings.memory) return grow.original(wanted ?? 0);
      surroundings.memoryRefused = true;
      return false;
    }),
  ];
  if (found.includes(undefined)) throw new Error('this build of QuickJS hides its clock, zone or memory');
}

interface Replacement {
  (by: Import): true;
  original: Import;
}

/** Finds the import whose source matches; gives a function that puts another in its place. */
function replace(table: Record<string, unknown>, pattern: RegExp): Replacement | undefined {
  const entry = Object.entries(table).find(([, value]) => typeof value === 'function' && pattern.test(String(value)));
  if (!entry) return undefined;
  const put = (by: Import): true => {
    table[entry[0]] = by;
    return true;
  };
  return Object.assign(put, { original: entry[1] as Import });
}

/** Fills a `struct tm` (32-bit fields; the offset in seconds is the tenth) for a time in seconds. */
function writeLocalTime(seconds: number, at: number, surroundings: Surroundings, memory?: WasmMemory): void {
  if (!memory) return;
  const offset = zoneOffset(surroundings.zone, seconds * 1000);
  const local = new Date(seconds * 1000 + offset);
  const yearStart = Date.UTC(local.getUTCFullYear(), 0, 1);
  const fields = new Int32Array(memory.buffer, at, 10);
  fields.set([
    local.getUTCSeconds(),
    local.getUTCMinutes(),
    local.getUTCHours(),
    local.getUTCDate(),
    local.getUTCMonth(),
    local.getUTCFullYear() - 1900,
    local.getUTCDay(),
    Math.floor((local.getTime() - yearStart) / 86_400_000),
    0,
    Math.round(offset / 1000),
  ]);
}
