/** Runs the script for one URL, and writes down what it was asked and what it said. */
import type { Failure } from '../failure.ts';
import type { Pac, Resolution } from '../pac/index.ts';
import { profileOf } from './dialect.ts';
import type { ClientInit, ClientTools } from './tools.ts';

/** The engine works while the clock stands; only for names it waits on lab time. */
export async function evaluate(pac: Pac, url: string, init: ClientInit, tools: ClientTools): Promise<Resolution> {
  const { activity, resolver, clock, chance, zone } = tools;
  activity.begin();
  try {
    return await pac.resolve(url, {
      profile: profileOf(init.dialect).name,
      resolver: async (name, kind) => {
        activity.end();
        try {
          const resolved = await resolver().resolve(name, { qtypes: kind === 'A' ? ['A'] : ['A', 'AAAA'] });
          return resolved.ok ? [...resolved.value.addresses] : null;
        } finally {
          activity.begin();
        }
      },
      myIp: init.ownAddresses,
      now: () => clock.date(),
      timeZone: zone,
      random: () => chance.next(),
      trace: true,
    });
  } finally {
    activity.end();
  }
}

export const failureOf = ({ name, message }: NonNullable<Resolution['error']>): Failure => ({
  code: 'pac.threw',
  detail: `${name}: ${message}`,
});

/** Helper calls of one request that go into the trace one by one. */
const callsKept = 300;

export function report(
  resolution: Resolution,
  url: URL,
  request: number,
  init: ClientInit,
  { pen }: ClientTools,
): void {
  const { consulted, calls, error, raw, returned = null, routes, failedOpen, script, runs } = resolution;
  const who = { client: init.name, request };
  for (const { fn, args, result, line } of calls.slice(0, callsKept))
    pen.write('pac.called', { ...who, helper: fn, args: [...args], result, line });
  if (error) {
    const { phase, name, message, line = null, column = null } = error;
    pen.write('pac.failed', { ...who, phase, name, message, line, column });
  }
  if (!consulted) return;
  const handed = script ?? { url: url.href, host: url.hostname };
  const told = { answer: raw, returned, routes: [...routes], failedOpen, runs, calls: calls.length };
  pen.write('pac.answered', { ...who, ...handed, ...told });
}
