import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';
import { reset as resetEnd } from '../tunnel.ts';

export const reset = proxyBehaviour({
  summary: 'Reads the request, then answers with RST.',
  options: z.strictObject({ kind: z.literal('reset') }),
  serve({ leg }) {
    resetEnd(leg);
    return Promise.resolve();
  },
  explain: () => 'resets the connection after the request',
});
