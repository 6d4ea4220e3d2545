/**
 * Where the proxy script is: DHCP option 252, then WPAD by DNS, then a configured URL; each dialect has its own part
 * of that. Every failure is fail-open: discovery ends without a URL and the client goes on.
 */
import { wpadNames } from '../dns/index.ts';
import type { Failure } from '../failure.ts';
import { askDhcp } from './dhcp.ts';
import { profileOf } from './dialect.ts';
import { resolveFor } from './reach.ts';
import type { ClientInit, ClientTools } from './tools.ts';

export interface Found {
  source: 'dhcp' | 'dns' | 'configured';
  url: string;
}

/** What a place led to; `next` asks for the place after it when there is no script. */
export type Search = { found: Found } | { found: undefined; next: boolean; failure: Failure };

const notAsked: Failure = { code: 'dns.nxdomain', detail: 'no place to look for a script' };

/** WPAD by DHCP where the dialect asks there; DNS is not asked when it gives a URL. */
export async function discoverByDhcp(init: ClientInit, tools: ClientTools): Promise<Search> {
  const habits = init.dialect.wpad.dhcp;
  if (!habits) return { found: undefined, next: true, failure: notAsked };
  const { pen } = tools;
  const source = 'dhcp';
  pen.write('discovery.started', { client: init.name, source, name: 'option 252' });
  // Windows hands the value on without the NUL that some servers end it with.
  const url = (await askDhcp(habits, init, tools))?.replace(/\0+$/, '') ?? null;
  const reason = url === null ? 'no option 252' : unusable(url, profileOf(init.dialect).fetch.schemes);
  pen.write('discovery.finished', { client: init.name, source, url: reason === null ? url : null, reason });
  if (reason === null && url !== null) return { found: { source, url } };
  const failure = { code: 'pac.rejected', detail: reason ?? '' } as const;
  return { found: undefined, next: url === null || url === '' || habits.afterUnusable === 'dns', failure };
}

/** Why a value of option 252 leads nowhere; null when it is a URL that the client fetches. */
function unusable(value: string, schemes: readonly string[]): string | null {
  if (value === '') return 'option 252 is empty';
  // The URL parser of the web forgives blanks and line ends, that of System.Net does not.
  if (/[\0-\x20]/.test(value) || !URL.canParse(value)) return `option 252 is no URL: ${JSON.stringify(value)}`;
  const scheme = new URL(value).protocol.slice(0, -1);
  return schemes.includes(scheme) ? null : `scheme ${scheme} is not fetched: ${value}`;
}

/** WPAD by DNS: a name must resolve before anything is fetched. Each name is a search of its own. */
export async function discoverByDns(init: ClientInit, tools: ClientTools): Promise<Search> {
  const { pen, net } = tools;
  const { discovery } = profileOf(init.dialect);
  const source = 'dns';
  let failure = notAsked;
  for (const { name, search } of wpadNames(init.dialect.wpad.ask, init)) {
    pen.write('discovery.started', { client: init.name, source, name });
    await net.settled();
    const limit = discovery.quickCheck === null ? {} : { limit: discovery.quickCheck };
    const resolved = await resolveFor(name, { search, ...limit }, init, tools);
    const url = resolved.ok ? (discovery.wpadUrl?.replace('HOST', name) ?? `http://${name}/wpad.dat`) : null;
    const reason = resolved.ok ? null : resolved.failure.code;
    pen.write('discovery.finished', { client: init.name, source, url, reason });
    if (url !== null) return { found: { source, url } };
    if (!resolved.ok) failure = resolved.failure;
  }
  return { found: undefined, next: true, failure };
}

/** A configured script URL needs no search. */
export function discoverConfigured(url: string, init: ClientInit, tools: ClientTools): Found {
  tools.pen.write('discovery.started', { client: init.name, source: 'configured', name: url });
  tools.pen.write('discovery.finished', { client: init.name, source: 'configured', url, reason: null });
  return { source: 'configured', url };
}
