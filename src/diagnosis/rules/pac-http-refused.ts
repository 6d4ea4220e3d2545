import { blame, dialsInVain, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { otherPort, throughProxy } from '../elsewhere.ts';
import { rule } from '../rule.ts';

const isRefused = ({ fetched }: Download): boolean => fetched.data.failure === 'tcp.refused';

export const pacHttpRefused = rule({
  id: 'pac-http-refused',
  title: 'Nothing listens where the proxy script should be',
  severity: 'error',
  summary:
    'The name of the script’s host resolves, but the port answers with RST. Clients notice within two seconds and go on without ' +
    'a proxy, silently.',
  confirm:
    'Filter `tcp.flags.reset==1 && tcp.srcport==80` beside `dns.qry.name contains "wpad"`. From the client: ' +
    '`Test-NetConnection wpad.<suffix> -Port 80` says TcpTestSucceeded False soon; WinHTTP reports 12167.',
  fix:
    'Start the web server on the host that wpad.<suffix> points to and let it listen on port 80; or point the record to ' +
    'the host that serves the script now. Then restart the connector service.',
  refutedIf: 'A SYN-ACK from that address and port is in the capture.',
  alternatives: [
    {
      id: 'wpad-dns-stale-ip',
      tellApart: 'The record points at a retired host: no web server is meant to be at that address any more.',
    },
    { id: 'pac-wrong-port', tellApart: 'The web server runs, but on another port: netstat on it names the port.' },
  ],
  needs: [{ says: 'a refused connection to the host of the script', seen: (view) => fetchedWhere(view, isRefused) }],
  find: (view) =>
    downloadsWhere(view, isRefused).flatMap((download) => {
      const dials = dialsInVain(view, download);
      if (dials.length === 0 || otherPort(view, download) || throughProxy(view, download)) return [];
      const { client, url } = download.fetched.data;
      const at = dials.map(({ to }) => `${to.ip}:${to.port}`).join(' and ');
      const evidence = dials.flatMap(({ events }) => events);
      return [blame(view, download, { why: `${client} asked for ${url}, and ${at} refused the connection`, evidence })];
    }),
});
