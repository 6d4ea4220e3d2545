import { native, type Helper } from '../helper.ts';

/** Chromium prints "undefined" for a missing argument; Firefox throws (observed, fact pac-noalert). */
export const alert: Helper = {
  name: 'alert',
  summary: 'Shows a text in the log of the client.',
  variants: {
    lenient: native(null, `tell(arguments[0]);`),
    strict: {
      ...native(
        null,
        `if (arguments.length < 1) throw new TypeError('alert: At least 1 argument required, but only 0 passed');
         tell(arguments[0]);`,
      ),
      length: 1,
    },
  },
};
