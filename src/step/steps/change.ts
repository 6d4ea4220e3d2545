import { z } from 'zod';

import { step } from '../step.ts';

export const changeStep = step({
  verb: 'change',
  summary: 'Changes the running lab: `proxies.edge.behaviour: allow`, `dns.records.wpad.corp.example: {…}`.',
  options: z.record(z.string(), z.unknown()),
  says: (changes) => `${Object.keys(changes).join(', ')} changes`,
  run: async (changes, stage) => {
    for (const [path, value] of Object.entries(changes)) stage.change(path, value);
  },
});
