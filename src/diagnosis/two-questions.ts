/**
 * The two questions a support engineer asks first: does the traffic bypass the proxy, and does it use it? Answered from
 * events alone, with their numbers: SYNs to 443 past any proxy, and what proxies said to CONNECT.
 */
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf } from '../trace/requests.ts';
import type { Attempt, Request } from '../trace/requests.ts';
import { groupIn, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { askedElsewhere, sayPorts } from './captures.ts';
import { evidenceIn } from './diagnose.ts';
import { listed } from './denials.ts';
import { repliesOf } from './proxy-replies.ts';

export interface Answered {
  question: string;
  yes: boolean;
  /** A sentence with names and numbers. */
  says: string;
  evidence: number[];
}

export function twoQuestions(events: readonly TraceEvent[]): [Answered, Answered] {
  const view = evidenceIn(events);
  return [bypasses(view), uses(view)];
}

interface Direct {
  request: Request;
  attempt: Attempt;
}

function bypasses(view: View): Answered {
  const question = 'Does the traffic bypass the proxy?';
  const direct = requestsOf(view).flatMap((request): Direct[] =>
    request.attempts.flatMap((attempt) =>
      attempt.proxy === null && attempt.route === 'DIRECT' && request.target.port === 443 && attempt.dials.length > 0
        ? [{ request, attempt }]
        : [],
    ),
  );
  if (direct.length === 0)
    return { question, yes: false, says: 'No: nobody dials port 443 without a proxy.', evidence: [] };
  const byFate = new Map<string, Direct[]>();
  for (const one of direct) groupIn(byFate, fateOf(one.attempt), () => []).push(one);
  const parts = [...byFate].map(([fate, some]) => `${some.length} to ${listed(hostsOf(some))} ${fate}`);
  const evidence = seqs(direct.flatMap(({ attempt }) => attempt.dials.flatMap((dial) => dial.events)));
  return { question, yes: true, says: `Yes: direct connections to port 443, ${parts.join('; ')}.`, evidence };
}

const hostsOf = (direct: readonly Direct[]): string[] => [...new Set(direct.map(({ request }) => request.target.host))];

/** What came of a direct attempt: `opened`, or what the SYNs met. */
function fateOf({ dials }: Attempt): string {
  if (dials.some(({ outcome }) => outcome === 'opened')) return 'opened';
  const silent = dials.filter(({ outcome }) => outcome === 'silent');
  const syns = silent.reduce((sum, { silentSyns }) => sum + silentSyns, 0);
  if (silent.length > 0) return `got no answer (${syns} SYNs, ${syns - silent.length} of them retransmissions)`;
  return dials.some(({ outcome }) => outcome === 'prohibited') ? 'prohibited by ICMP' : 'refused by RST';
}

function uses(view: View): Answered {
  const question = 'Does it use the proxy?';
  const replies = repliesOf(view);
  const asked = view.ofType('proxy.request');
  if (asked.length > 0) {
    const groups = new Map<string, number>();
    for (const { method, proxy, status } of replies) {
      const key = `${method === 'CONNECT' ? 'CONNECT' : 'requests'} to ${proxy} answered with ${status}`;
      groups.set(key, (groups.get(key) ?? 0) + 1);
    }
    const silent = asked.length - replies.length;
    const parts = [...groups].map(([says, count]) => `${says} ×${count}`);
    if (silent > 0) parts.push(`${silent} never answered`);
    const evidence = seqs(
      asked,
      replies.map(({ response }) => response),
    );
    return { question, yes: true, says: `Yes: ${parts.join('; ')}.${otherPort(view)}`, evidence };
  }
  const vain = requestsOf(view).flatMap(({ attempts }) => attempts.filter(({ proxy }) => proxy !== null));
  const [first] = vain;
  if (!first) return { question, yes: false, says: 'No: no CONNECT and no other request to a proxy.', evidence: [] };
  const evidence = seqs(vain.flatMap(({ dials, started }) => [started, ...dials.flatMap((dial) => dial.events)]));
  const says = `It tries to: ${listed([...new Set(vain.map(({ route }) => route))])} cannot be used (${first.failure ?? 'no request'}).`;
  return { question, yes: false, says, evidence };
}

/** The port in the guide's filter. */
const guidesPort = 8080;

/** Whoever types the guide's filter as it stands there sees nothing of a proxy on another port. */
function otherPort(view: View): string {
  const ports = [...askedElsewhere(view).keys()];
  if (ports.length === 0 || ports.includes(guidesPort)) return '';
  return ` Its ${sayPorts(ports)} belongs in the place of ${guidesPort} in the guide's filter.`;
}
