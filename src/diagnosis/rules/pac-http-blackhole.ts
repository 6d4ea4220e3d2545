import { sayDuration } from '../../duration.ts';
import { blame, dialsInVain, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { throughProxy } from '../elsewhere.ts';
import { rule } from '../rule.ts';

const isSilent = ({ fetched }: Download): boolean => fetched.data.failure === 'tcp.timeout';

export const pacHttpBlackhole = rule({
  id: 'pac-http-blackhole',
  title: 'The host of the proxy script does not answer',
  severity: 'error',
  summary:
    'Something drops the SYNs to the host that serves the script. Every request waits for the fetch: Chromium up to ' +
    '30 s, .NET Framework for the TCP schedule of Windows and, by its own timeouts, up to four minutes. Then clients ' +
    'go on without a proxy, silently.',
  confirm:
    'Filter `tcp.flags.syn==1 && tcp.dstport==80 && tcp.analysis.retransmission` beside ' +
    '`dns.qry.name contains "wpad"` (Message Analyzer: `property.TCPSynRetransmit and tcp.port==80`, beside `DNS`): repeated ' +
    'SYNs to the address of wpad without SYN-ACK.',
  fix:
    'Let the client reach the host of the script on port 80, or point wpad.<suffix> to a host that it can reach. Of a ' +
    'host that is retired, reject connections instead of dropping them: clients then go on within two seconds. A connector does ' +
    'without the script by <proxy proxyaddress="http://proxyserver:8080"/> under defaultProxy in ApplicationProxyConnectorService.exe.config and ApplicationProxyConnectorUpdaterService.exe.config.',
  refutedIf: 'A SYN-ACK from that address and port is in the capture.',
  alternatives: [
    { id: 'wpad-dns-stale-ip', tellApart: 'The record points at a retired host, which nobody answers for any more.' },
    {
      id: 'pac-fetch-needs-proxy',
      tellApart: 'The host is reachable through a proxy only: a browser that has one configured opens the URL.',
    },
  ],
  needs: [{ says: 'silence of the host of the script', seen: (view) => fetchedWhere(view, isSilent) }],
  find: (view) =>
    downloadsWhere(view, isSilent).flatMap((download) => {
      const dials = dialsInVain(view, download);
      const [first] = dials;
      if (!first || throughProxy(view, download)) return [];
      const { client, url } = download.fetched.data;
      const syns = dials.reduce((sum, { silentSyns }) => sum + silentSyns, 0);
      const waited = dials.reduce((sum, dial) => sum + dial.waited, 0);
      const why =
        `${client} asked for ${url}; ${syns} SYNs to ${first.to.ip}:${first.to.port} got no answer, ` +
        `and it gave up after ${sayDuration(waited)}`;
      return [blame(view, download, { why, evidence: dials.flatMap(({ events }) => events) })];
    }),
});
