/** What parts of a lab may be told to do, for whoever offers a choice of it. */
import { z } from 'zod';

import { behaviours as ofDns } from '../dns/behaviours/index.ts';
import { behaviours as ofHosts } from '../http/behaviours/index.ts';
import { behaviours as ofProxies } from '../proxy/behaviours/index.ts';
import { kindOf } from '../registry.ts';
import type { Entry } from '../registry.ts';

const listed = (entries: readonly Entry[]) =>
  entries.map((entry) => ({
    kind: kindOf(entry),
    summary: entry.summary,
    options: z.toJSONSchema(entry.options, { io: 'input', unrepresentable: 'any' }),
  }));

export const behavioursOf = () => ({ dns: listed(ofDns), hosts: listed(ofHosts), proxies: listed(ofProxies) });
