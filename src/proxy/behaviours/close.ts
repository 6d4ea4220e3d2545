import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';
import { finish } from '../exchange.ts';

export const close = proxyBehaviour({
  summary: 'Reads the request, then closes the connection without a word.',
  options: z.strictObject({ kind: z.literal('close') }),
  serve({ leg }) {
    finish(leg);
    return Promise.resolve();
  },
  explain: () => 'closes the connection after the request',
});
