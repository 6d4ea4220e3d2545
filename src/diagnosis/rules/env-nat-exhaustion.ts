import { dialsOf, isPrivateAddress } from '../../trace/dials.ts';
import type { Dial } from '../../trace/dials.ts';
import { ownersOf } from '../../trace/requests.ts';
import { groupIn, kept, pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf } from '../candidates.ts';
import { rule } from '../rule.ts';

interface Exhausted {
  to: string;
  /** So many connections stood when one more got no answer. */
  full: number;
  silent: readonly Dial[];
  standing: readonly Dial[];
  /** It went through when fewer stood. */
  later: Dial;
}

const exhausted = kept((view): readonly Exhausted[] => {
  const byTarget = new Map<string, Dial[]>();
  for (const dial of dialsOf(view))
    if (!isPrivateAddress(dial.to.ip)) groupIn(byTarget, `${dial.to.ip}:${dial.to.port}`, () => []).push(dial);
  return [...byTarget].flatMap(([to, dials]) => patternIn(view, to, dials));
});

/** Silence exactly when a certain number stood, before and after it none. */
function patternIn(view: View, to: string, dials: readonly Dial[]): Exhausted[] {
  const silent = dials.filter(({ outcome }) => outcome === 'silent');
  const opened = dials.filter(({ outcome }) => outcome === 'opened');
  const standingAt = (seq: number): Dial[] => opened.filter((dial) => dial.seq < seq && endOf(view, dial) > seq);
  const full = Math.min(...silent.map(({ seq }) => standingAt(seq).length));
  const later = opened.find(({ seq }) => seq > (silent[0]?.seq ?? Infinity));
  if (!later || full < 2 || opened.some(({ seq }) => standingAt(seq).length >= full)) return [];
  return [{ to, full, silent, standing: standingAt(silent[0]?.seq ?? 0), later }];
}

const endOf = (view: View, { conn }: Dial): number =>
  conn === null ? Infinity : (pick(view.onConnection(conn), 'tcp.fin', 'tcp.rst')[0]?.seq ?? Infinity);

export const envNatExhaustion = rule({
  id: 'env-nat-exhaustion',
  title: 'New connections get no answer while many stand, and work again when some have ended',
  severity: 'error',
  summary:
    'A NAT on the way has a port for each connection to the same destination, and no more to give: SYNs are dropped under load only. ' +
    'Each test on a quiet machine succeeds.',
  confirm:
    'Count connections beside `tcp.analysis.retransmission && tcp.flags.syn==1`: SYNs go unanswered only while as many stand as the NAT has ' +
    'ports for this address. The NAT’s log says “port allocation failure”; on the machine itself `netstat -ano | find /c "ESTABLISHED"`.',
  fix: 'Give the NAT more public addresses, raise its ports per machine and shorten its timers for ended connections; on the server raise the ephemeral range (`netsh int ipv4 set dynamicport tcp`), or spread the load over more connectors.',
  refutedIf:
    'SYNs go unanswered as well when few connections stand, or the destination itself limits connections from one address.',
  alternatives: [
    {
      id: 'direct-443-syn-blackhole',
      tellApart: 'A firewall that drops this destination does so however many connections stand.',
    },
  ],
  needs: [
    {
      says: 'a SYN without an answer while two or more connections to the same address stood, and one with an answer afterwards',
      seen: (view) =>
        exhausted(view).flatMap(({ silent, later }) => [...silent.flatMap(({ events }) => events), ...later.events]),
    },
  ],
  find: (view) =>
    exhausted(view).map(({ to, full, silent, standing, later }) => {
      const owners = silent.flatMap(({ seq }) => ownersOf(view).get(seq) ?? []);
      return {
        about: to,
        confidence: 'possible',
        why: `${silent.length} ${silent.length === 1 ? 'connection' : 'connections'} to ${to} got no answer while ${full} others stood; before and after that, with fewer, all were answered.`,
        evidence: seqs(
          standing.flatMap(({ events }) => events),
          silent.flatMap(({ events }) => events),
          owners.map(({ request }) => request.finished),
          later.events,
        ),
        explains: owners.flatMap(({ request }) => allOf(request)),
      };
    }),
});
