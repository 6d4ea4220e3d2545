/** Files of gigabytes: the heap grows in small steps, and what is garbage goes before more memory is taken. */
import { setFlagsFromString } from 'node:v8';

/** V8 lets a heap grow to several times what is in use; this much more, in percent, costs a sixth more work. */
const growth = 30;

/** For the rest of this program. */
export const growSlowly = (): void => setFlagsFromString(`--heap-growing-percent=${growth}`);
