import { kept, seqs } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { accepted, decidedBy, hostSearchesOf } from '../wpad.ts';
import type { HostSearch } from '../wpad.ts';

/** One client that found wpad at one address, and later at another. */
const moves = kept((view) =>
  hostSearchesOf(view).flatMap((after, index, searches) => {
    const before = searches
      .slice(0, index)
      .findLast(({ client, started, addresses }) => sameQuestion(after, client, started) && addresses.length > 0);
    if (!before || after.addresses.length === 0 || sameSet(before.addresses, after.addresses)) return [];
    // Whether the new host serves a script is another matter.
    const scripts = [accepted(before), accepted(after) ?? after.downloads[0]];
    return scripts.every((script) => script !== undefined) ? [{ before, after, scripts }] : [];
  }),
);

const sameQuestion = (after: HostSearch, client: string, started: HostSearch['started']): boolean =>
  client === after.client && started.data.name === after.started.data.name;

const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((one) => right.includes(one));

export const wpadDnsRecordMovesMidrun = rule({
  id: 'wpad-dns-record-moves-midrun',
  title: 'wpad has moved, and the client went on with the script of the old host',
  severity: 'warning',
  summary:
    'The address of wpad changed while the client had a script. It does not ask again until it fetches anew: Chromium ' +
    'after 12 hours, .NET Framework and WinHTTP after a restart or a change of the machine’s address. Until then it ' +
    'follows the old script, whatever the time to live of the record.',
  confirm:
    'Filter `dns.qry.name contains "wpad" && dns.a`: two addresses at two times, and one GET for /wpad.dat to each. ' +
    'Requests between the two went by the old script.',
  fix:
    'Keep the old host serving the new script until every client has fetched it, or restart the clients (for the ' +
    'connector: its service) after the change. Keep the old proxies up as long.',
  refutedIf: 'Both addresses serve the same script, or the answer differs by resolver rather than by time.',
  alternatives: [
    {
      id: 'wpad-split-horizon-mismatch',
      tellApart: 'The two answers come from two resolvers, or from one that tells networks apart.',
    },
  ],
  needs: [
    {
      says: 'a second address of wpad for the same client',
      seen: (view) => moves(view).flatMap(({ after }) => [...after.answers]),
    },
  ],
  find: (view) =>
    moves(view).map(({ before, after, scripts }) => {
      const failed = decidedBy(view, before).filter(({ ok }) => !ok);
      const [first] = failed;
      const lost = first
        ? `; in between, ${first.url} failed by ${first.routes?.data.routes.join('; ') ?? 'the old script'}`
        : '';
      const { client, names, addresses } = before;
      return {
        about: names.join(' '),
        severity: first ? ('error' as const) : ('warning' as const),
        confidence: 'certain',
        why: `${names.at(-1)} was ${addresses.join(', ')} for ${client} and is ${after.addresses.join(', ')} now; the old script was in use until ${client} fetched anew${lost}.`,
        evidence: seqs(before.answers, scripts, first?.routes, first?.finished, after.answers),
        explains: failed.flatMap(({ events }) => seqs(events)),
      };
    }),
});
