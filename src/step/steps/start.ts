import { z } from 'zod';

import { step } from '../step.ts';

export const startStep = step({
  verb: 'start',
  summary: "Starts a client: it reads its settings and runs its program's phases.",
  options: z.string().describe('which of `clients`'),
  clients: (client) => [client],
  says: (client) => `${client} starts`,
  run: (client, stage) => stage.client(client).start(),
});
