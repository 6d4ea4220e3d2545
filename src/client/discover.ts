/**
 * Where the proxy script is: DHCP option 252, then WPAD by DNS, then a configured URL; each dialect has its own part
 * of that. Every failure is fail-open: discovery ends without a URL and the client goes on.
 */
import { wpadNames } from '../dns/index.ts';
import { profileNamed } from '../pac/index.ts';
import type { ClientInit, ClientTools } from './tools.ts';

export interface Found {
  source: 'dhcp' | 'dns' | 'configured';
  url: string;
}

/** What the machine was told by DHCP; null: no option 252. Read as a value, no DHCP packet is sent. */
export type Option252 = string | null;

/** WPAD by DHCP where the dialect asks there; DNS is not asked when it gives a URL. */
export function discoverByDhcp(option252: Option252, init: ClientInit, tools: ClientTools): Found | undefined {
  if (!init.dialect.wpad.dhcp) return undefined;
  const { pen } = tools;
  pen.write('discovery.started', { client: init.name, source: 'dhcp', name: 'option 252' });
  const url = option252?.replace(/\0+$/, '') ?? null;
  const usable = url !== null && URL.canParse(url) && /^https?:/i.test(url);
  const reason =
    url === null ? 'no option 252' : usable ? null : `option 252 is not an http URL: ${JSON.stringify(url)}`;
  pen.write('discovery.finished', { client: init.name, source: 'dhcp', url: usable ? url : null, reason });
  return usable ? { source: 'dhcp', url } : undefined;
}

/** WPAD by DNS: the name must resolve before anything is fetched. */
export async function discoverByDns(init: ClientInit, tools: ClientTools): Promise<Found | undefined> {
  const { pen, net, resolver } = tools;
  const { discovery } = profileNamed(init.dialect.pac);
  let reason = 'no name to ask for';
  for (const { name, search } of wpadNames(init.dialect.wpad.ask, { suffix: init.suffix })) {
    pen.write('discovery.started', { client: init.name, source: 'dns', name });
    await net.settled();
    const limit = discovery.quickCheck === null ? {} : { limit: discovery.quickCheck };
    const resolved = await resolver.resolve(name, { qtypes: ['A'], search, ...limit });
    if (resolved.ok) {
      const url = discovery.wpadUrl?.replace('HOST', name) ?? `http://${name}/wpad.dat`;
      pen.write('discovery.finished', { client: init.name, source: 'dns', url, reason: null });
      return { source: 'dns', url };
    }
    reason = resolved.failure.code;
  }
  pen.write('discovery.finished', { client: init.name, source: 'dns', url: null, reason });
  return undefined;
}

/** A configured script URL needs no search. */
export function discoverConfigured(url: string, init: ClientInit, tools: ClientTools): Found {
  tools.pen.write('discovery.started', { client: init.name, source: 'configured', name: url });
  tools.pen.write('discovery.finished', { client: init.name, source: 'configured', url, reason: null });
  return { source: 'configured', url };
}
