import { z } from 'zod';

import { step } from '../step.ts';

const on = z.string().describe('which of `clients`: the machine on which the capture is taken');

export const captureStep = step({
  verb: 'capture',
  summary:
    'Somebody takes a capture on a machine and looks at it. `begin` starts it; without that it has run since the lab began. ' +
    'What he can see becomes the event `capture.read`.',
  options: z.union([
    z.strictObject({ begin: on }),
    z.strictObject({
      on,
      filter: z
        .string()
        .optional()
        .describe('what the sniffer keeps, as pcap has it: `tcp port 8080`; everything unless given'),
      view: z
        .string()
        .optional()
        .describe('what is typed to look at it: a display filter of Wireshark, or one of Message Analyzer'),
    }),
  ]),
  clients: (options) => ['begin' in options ? options.begin : options.on],
  says: (options) =>
    'begin' in options
      ? `a capture begins on ${options.begin}`
      : `the capture of ${options.on} is looked at${options.view === undefined ? '' : ` with ${options.view}`}`,
  run: async (options, { sniffers }) => {
    if (!sniffers) throw new Error('no capture can be taken here');
    if ('begin' in options) sniffers.begin(options.begin);
    else await sniffers.look(options);
  },
});
