/** What the engine of the node profile needs, so that a hostile script ends at its limit and nothing else does. */
import type { QuickJS } from 'quickjs-wasi';
import { guardsAlone } from './prelude-guards.ts';

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
