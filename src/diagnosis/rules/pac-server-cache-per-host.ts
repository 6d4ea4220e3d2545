import { kept } from '../../trace/view.ts';
import { blame } from '../downloads.ts';
import { rule } from '../rule.ts';
import { isSamePlace, servedOf } from '../script-visits.ts';
import type { Served } from '../script-visits.ts';

interface TwoCopies {
  left: Served;
  right: Served;
}

/** One file of one server, two names, two contents; who asks is not the difference. */
const twoCopies = kept((view): readonly TwoCopies[] =>
  servedOf(view).flatMap((left, index) =>
    servedOf(view)
      .slice(index + 1)
      .filter(
        (right) =>
          isSamePlace(left, right) &&
          left.agent === right.agent &&
          left.host !== right.host &&
          left.sha256 !== right.sha256,
      )
      .map((right) => ({ left, right })),
  ),
);

export const pacServerCachePerHost = rule({
  id: 'pac-server-cache-per-host',
  title: 'One web server gives out two versions of the proxy script, by the name it is asked by',
  severity: 'warning',
  summary:
    'The same path of the same server has one content for one Host field and another for another: a cache in the ' +
    'server that keeps a copy for each name, and has not noticed the change under one of them. A check by the ' +
    'server’s own name shows the new file, while clients that ask by the alias get the old one.',
  confirm:
    'Filter `http.request.uri contains "wpad.dat"` and compare the answers by `http.host`: lengths, Last-Modified, ' +
    'bodies. By hand: `curl -H "Host: wpad.<suffix>" http://<address>/wpad.dat` beside the other name.',
  fix: 'Flush the cache of the web server (restart it), then fetch the script by every name that clients use.',
  refutedIf: 'Both names give the same bytes at the same time.',
  alternatives: [
    { id: 'pac-wrong-vhost', tellApart: 'The names lead to two sites with a file each: a restart changes nothing.' },
  ],
  needs: [
    {
      says: 'two contents of one path under two names',
      seen: (view) => twoCopies(view).flatMap(({ left, right }) => [left.response, right.response]),
    },
  ],
  find: (view) =>
    twoCopies(view).map(({ left, right }) => {
      const { fetched, request, response, loaded } = left.download;
      const bytes = (one: Served): string => `${one.download.fetched.data.bytes} bytes to ${one.host}`;
      const { server } = right;
      const why = `${server.ip}:${server.port}${right.request.data.target} gives ${bytes(left)} and ${bytes(right)}`;
      return blame(view, right.download, {
        about: `${server.ip} ${right.request.data.target}`,
        confidence: 'likely',
        why,
        evidence: [request, response, fetched, loaded],
      });
    }),
});
