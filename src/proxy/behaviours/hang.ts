import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';

export const hang = proxyBehaviour({
  summary: 'Reads the request and never answers; the connection stays open until the client gives up.',
  options: z.strictObject({ kind: z.literal('hang') }),
  serve: ({ leg }) =>
    new Promise((resolve) => {
      leg.stream.once('end', () => leg.stream.end()).resume();
      leg.stream.once('close', resolve);
    }),
  explain: () => 'never answers',
});
