/** The connector's updater: its own service, account and `.exe.config`. Versions that drift apart are its only symptom. */
import { z } from 'zod';

import { duration } from '../../duration.ts';
import { program } from '../program.ts';
import type { Phase } from '../program.ts';

const options = z.strictObject({
  kind: z.literal('updater'),
  installed: z.string().default('1.5.4287.0').describe('the version of the connector on the machine'),
  versions: z
    .string()
    .refine((text) => URL.canParse(text), 'a URL is needed')
    .default('https://tenant.msappproxy.net/updates')
    .describe('where it asks for the newest version; the name is not documented'),
  pollEvery: duration.default(3_600_000).describe('how often it asks; not documented'),
  once: z.boolean().default(true).describe('it asks at its start only; else again on the clock'),
});
type Options = z.output<typeof options>;

const poll = (name: 'poll' | 'poll-again'): Phase<Options> => ({
  name,
  basis: 'inferred',
  summary:
    'The updater asks the service on 443 whether there is a newer version. That it does so by itself, with its own ' +
    'configuration and account, is documented; the host and how often is inferred.',
  says: ({ versions }) => `asks ${versions} for the newest version`,
  optional: true,
  ...(name === 'poll-again' ? { every: ({ pollEvery }: Options) => pollEvery } : {}),
  run: async ({ client, tellVersion }, { versions, installed }) => {
    const { error, body } = await client.request(versions, {});
    const offered = error ? null : (/^\d+(\.\d+){1,3}/.exec(body?.toString('latin1') ?? '')?.[0] ?? null);
    tellVersion(installed, offered);
    if (error) return { ok: false, says: `cannot ask for a newer version: ${error.text}` };
    return { ok: true, says: offered === null ? 'no version was named' : `${offered} is offered` };
  },
});

export const updater = program({
  summary: 'The connector’s updater: asks for newer versions with its own configuration, as SYSTEM.',
  options,
  identity: 'system',
  actors: {},
  phases: [poll('poll'), poll('poll-again')],
  chosen: ({ once }) => (once ? ['poll'] : ['poll', 'poll-again']),
  open: {
    host: 'Which host it asks: one below *.msappproxy.net is taken.',
    download: 'How an update is downloaded and installed: not simulated, the installed version stays.',
  },
});
