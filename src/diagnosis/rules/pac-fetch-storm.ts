import { sayDuration } from '../../duration.ts';
import { groupIn, header, kept, pick } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { blame, downloadsWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

/** So many downloads of the same bytes in a row are no accident. */
const many = 5;
/** Milliseconds of rest between two of them; a client that keeps its script waits for hours. */
const close = 60_000;

/** Downloads of one content by one client, one soon after the other, without a restart in between. */
const stormsOf = kept((view): readonly (readonly Download[])[] => {
  const runs = new Map<string, Download[][]>();
  for (const download of downloadsWhere(view, ({ fetched }) => fetched.data.accepted && fetched.data.status === 200)) {
    const { client, url } = download.fetched.data;
    const own = groupIn(runs, `${client} ${url}`, () => []);
    const run = own.at(-1);
    if (run && follows(view, run, download)) run.push(download);
    else own.push([download]);
  }
  return [...runs.values()].flat().filter((run) => run.length >= many);
});

/** A client that gets what it has keeps its script and loads none. */
function follows(view: View, run: readonly Download[], { fetched, loaded, request }: Download): boolean {
  const last = run.at(-1)?.fetched ?? fetched;
  const content = run.findLast((one) => one.loaded !== undefined)?.loaded?.data.sha256;
  const since = pick(view.between(last.seq, fetched.seq), 'client.started', 'client.finished').filter(
    ({ data }) => data.client === fetched.data.client,
  );
  const restarted = since.some(({ type }) => type === 'client.started');
  // While a request is under way nobody asks for the next.
  const rest = (request ?? fetched).at - Math.max(last.at, ...since.map(({ at }) => at));
  return !restarted && rest <= close && (loaded?.data.sha256 ?? content) === content;
}

export const pacFetchStorm = rule({
  id: 'pac-fetch-storm',
  title: 'The proxy script is fetched again and again',
  severity: 'warning',
  summary:
    'The client fetches the whole script for nearly every request, and gets the same bytes each time. ' +
    'pac-proxy-agent asks for every connection and keeps what the header fields allow it to keep; WinHTTP stops caching ' +
    'when it logs on by itself for the script. Web server, client and every request pay for it.',
  confirm: 'Filter `http.request.uri contains ".dat" || http.request.uri contains ".pac"`: many GETs of one client.',
  fix:
    'Let the web server allow caching (Cache-Control: max-age, ETag or Last-Modified, no no-store), and serve the ' +
    'script anonymously. In programs, keep one agent for all requests.',
  refutedIf: 'The client was restarted, or its network changed, before each of the fetches.',
  alternatives: [],
  needs: [
    {
      says: 'the same script fetched many times',
      seen: (view) =>
        stormsOf(view)
          .flat()
          .map(({ fetched }) => fetched),
    },
  ],
  find: (view) =>
    stormsOf(view).flatMap((run) => {
      const [first] = run;
      const last = run.at(-1);
      if (!first || !last) return [];
      const { client, url } = first.fetched.data;
      const control = header(first.response?.data.headers ?? [], 'cache-control');
      const says = control === undefined ? '' : ` (Cache-Control: ${control})`;
      const span = sayDuration(last.fetched.at - first.fetched.at);
      const why = `${client} fetched ${url}${says} ${run.length} times in ${span}`;
      return [blame(view, first, { why, evidence: run.map(({ fetched }) => fetched) })];
    }),
});
