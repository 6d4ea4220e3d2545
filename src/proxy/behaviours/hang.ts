import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';

export const hang = proxyBehaviour({
  summary: 'Reads the request and never answers; the connection stays open.',
  options: z.strictObject({ kind: z.literal('hang') }),
  serve: ({ leg }) =>
    new Promise((resolve) => {
      leg.stream.resume();
      leg.stream.once('close', resolve);
    }),
  explain: () => 'never answers',
});
