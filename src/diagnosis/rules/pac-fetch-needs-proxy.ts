import { blame, dialsInVain, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { throughProxy } from '../elsewhere.ts';
import { rule } from '../rule.ts';

const isUnreachable = ({ fetched }: Download): boolean =>
  /^tcp\.(timeout|refused|unreachable)$/.test(fetched.data.failure ?? '');

export const pacFetchNeedsProxy = rule({
  id: 'pac-fetch-needs-proxy',
  title: 'The proxy script can be had through a proxy only',
  severity: 'error',
  summary:
    'The host of the script answers the proxy, but not the client. No client fetches its script through a proxy ' +
    '(Chromium, Firefox, .NET Framework), so it stays without one and goes direct, silently.',
  confirm:
    'Filter `tcp.flags.syn==1 && tcp.dstport==80` on the client: its own SYNs to the host of the script get no ' +
    'answer, while the proxy’s log has an answered request for the same URL.',
  fix:
    'Host the script where clients reach it without a proxy: inside, on port 80 of the host that wpad.<suffix> points ' +
    'to, or open the firewall for that host.',
  refutedIf: 'The client reaches the host without a proxy at the time in question.',
  alternatives: [],
  needs: [
    { says: 'a host of a script that the client did not reach', seen: (view) => fetchedWhere(view, isUnreachable) },
    {
      says: 'an answer of the same host to a proxy',
      seen: (view) => downloadsWhere(view, isUnreachable).flatMap((one) => throughProxy(view, one) ?? []),
    },
  ],
  find: (view) =>
    downloadsWhere(view, isUnreachable).flatMap((download) => {
      const proxied = throughProxy(view, download);
      const dials = dialsInVain(view, download);
      if (!proxied || dials.length === 0) return [];
      const { client, url } = download.fetched.data;
      const why =
        `${client} cannot reach ${url} by itself, but ${proxied.data.proxy} got ${proxied.data.status} from ` +
        `${proxied.data.host}:${proxied.data.port}`;
      return [blame(view, download, { why, evidence: [...dials.flatMap(({ events }) => events), proxied] })];
    }),
});
