/** What the engine of the node profile needs, so that a hostile script ends at its limit and nothing else does. */
import type { QuickJS } from 'quickjs-wasi';
import { guardsAlone } from './prelude-guards.ts';
import type { WasmMemory } from './webassembly.ts';

/** Before anything is run in it. */
export function harden(vm: QuickJS): void {
  vm.evalCode(guardsAlone, 'pac:guards').dispose();
  // pac-resolver calls this where nobody catches: a job that a limit ends would end the process.
  const runJobs = vm.executePendingJobs.bind(vm);
  vm.executePendingJobs = (...given) => {
    try {
      return runJobs(...given);
    } catch {
      return 0; // the promise is then never settled, which #stalled finds
    }
  };
}

/** What the engine asks of the machine under it, in place of which the lab's clock answers. */
export const machineOf =
  (now: () => number) =>
  (memory: WasmMemory): Readonly<Record<string, (...given: never[]) => number>> => ({
    clock_time_get: (_clock: number, _precision: bigint, at: number) => {
      new DataView(memory.buffer).setBigUint64(at, BigInt(now()) * 1_000_000n, true);
      return 0;
    },
    // Asked once, for the word that tells whether the engine has overrun its own stack; to load Node's takes 3 ms.
    random_get: (at: number, bytes: number) => {
      new Uint8Array(memory.buffer, at, bytes).fill(0xa5);
      return 0;
    },
  });
