import { sayDuration } from '../../duration.ts';
import { dialsOf } from '../../trace/dials.ts';
import type { Dial } from '../../trace/dials.ts';
import { kept, seqs } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { accepted, addressOf, hostSearchesOf } from '../wpad.ts';

/** Of several addresses of wpad, one did not answer and another gave the script. */
const halves = kept((view) =>
  hostSearchesOf(view).flatMap((search) => {
    const script = accepted(search);
    if (search.addresses.length < 2 || !script) return [];
    const ip = addressOf(view, search.client);
    const dials = dialsOf(view).filter(
      ({ seq, to, from }) =>
        seq > search.finished.seq &&
        seq < script.seq &&
        search.addresses.includes(to.ip) &&
        (ip === undefined || from.startsWith(`${ip}:`)),
    );
    const dead = dials.filter(({ outcome }) => outcome !== 'opened');
    return dead.length > 0 ? [{ search, script, dead }] : [];
  }),
);

export const wpadDnsMultiAOneDead = rule({
  id: 'wpad-dns-multi-a-one-dead',
  title: 'One of the addresses of wpad is dead',
  severity: 'warning',
  summary:
    'wpad has several addresses, and the one that is tried first does not answer. Clients go on to the next, after the ' +
    'whole wait for a connection. As the order changes from answer to answer, only some starts are slow.',
  confirm:
    'Filter `dns.qry.name contains "wpad"` for the addresses, then `tcp.port==80 && tcp.flags.syn==1`: repeated SYNs ' +
    '(or a RST) from one of them, a connection to another.',
  fix: 'Take the dead address out of the record, or bring its host back; let a health check do so the next time.',
  refutedIf: 'Each of the addresses accepts a connection on port 80 from the same machine.',
  alternatives: [],
  needs: [
    {
      says: 'a failed connection to one of several addresses of wpad, before another one gave the script',
      seen: (view) => halves(view).flatMap(({ dead }) => dead.flatMap(({ events }) => [...events])),
    },
  ],
  find: (view) =>
    halves(view).map(({ search, script, dead }) => {
      const events = dead.flatMap((dial) => [...dial.events]);
      const failed = dead.map(sayDial).join(', ');
      return {
        about: search.names.join(' '),
        confidence: 'certain',
        why: `wpad is ${search.addresses.join(' and ')} for ${search.client}; ${failed}, then the script came from another.`,
        evidence: seqs(search.answers, search.finished, events, script),
        explains: seqs(events),
      };
    }),
});

const sayDial = ({ outcome, to, waited }: Dial): string =>
  outcome === 'silent' ? `${to.ip} was silent for ${sayDuration(waited)}` : `${to.ip} refused the connection`;
