import { blame, dialsInVain, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { otherPort } from '../elsewhere.ts';
import { rule } from '../rule.ts';

const isRefused = ({ fetched }: Download): boolean => fetched.data.failure === 'tcp.refused';

export const pacWrongPort = rule({
  id: 'pac-wrong-port',
  title: 'The proxy script is served on another port than 80',
  severity: 'error',
  summary:
    'The web server of the script is up, but not on port 80. Discovery by DNS gives a host and nothing else: clients ' +
    'ask port 80 of it, are refused, and go on without a proxy, silently.',
  confirm:
    'Filter `tcp.flags.reset==1 && tcp.srcport==80`; `netstat -an` on the host of the script shows the port it really ' +
    'listens on.',
  fix:
    'Let the web server listen on port 80 as well; or name the whole URL, with its port, in DHCP option 252 or in the ' +
    'client’s own setting (scriptLocation, AutoConfigURL).',
  refutedIf: 'Port 80 of the host answers at the time in question.',
  alternatives: [],
  needs: [
    { says: 'a refused connection to the host of the script', seen: (view) => fetchedWhere(view, isRefused) },
    {
      says: 'an answer of the same host on another port',
      seen: (view) => downloadsWhere(view, isRefused).flatMap((one) => otherPort(view, one)?.events ?? []),
    },
  ],
  find: (view) =>
    downloadsWhere(view, isRefused).flatMap((download) => {
      const other = otherPort(view, download);
      const [dial] = dialsInVain(view, download);
      if (!other || !dial) return [];
      const { client, url } = download.fetched.data;
      const why =
        `${client} asked for ${url} and was refused by ${dial.to.ip}:${dial.to.port}, while the same machine serves ` +
        `the script on port ${other.port}`;
      return [blame(view, download, { why, evidence: [...dial.events, ...other.events] })];
    }),
});
