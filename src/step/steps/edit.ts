import { z } from 'zod';

import { settingsSpec } from '../../settings/index.ts';
import { step } from '../step.ts';

export const editStep = step({
  verb: 'edit',
  summary: "Somebody edits a client's settings: files, registry, policy. The client reads them at its next `start`.",
  options: z.strictObject({
    client: z.string().describe('which of `clients`'),
    settings: settingsSpec.describe('all of its settings from now on, in place of the former ones'),
  }),
  clients: ({ client }) => [client],
  says: ({ client }) => `the settings of ${client} are edited`,
  run: async ({ client, settings }, stage) => {
    stage.client(client).edit(settings);
  },
});
