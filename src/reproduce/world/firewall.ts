/** `lab.firewall`: which connections met silence or a refusal; without a capture, what is likely. */
import { placeOf } from '../statements.ts';
import type { TraceEvent } from '../../trace/events.ts';
import type { Facts } from './facts.ts';
import type { Story } from './story.ts';

interface Wall {
  to: string;
  then: 'drop' | 'reject' | 'icmp';
  from: string;
}

export function writeFirewall(story: Story, facts: Facts, proxies: ReadonlyMap<string, string>): void {
  const except = [...proxies.values()];
  if (facts.gathered.events === null) {
    if (except.length === 0) return;
    story.add(['lab', 'firewall', 'rules'], { when: { to: '*:443', except }, then: 'drop' });
    story.assume('nobody but the proxies gets out to port 443: no file shows the firewall');
    return;
  }
  for (const then of ['drop', 'reject', 'icmp'] as const) {
    const walls = wallsOf(facts).filter((wall) => wall.then === then);
    if (walls.length === 0) continue;
    const from = [...new Set(walls.map((wall) => wall.from))].slice(0, 3).join(', ');
    const to = [...new Set(walls.map((wall) => wall.to))];
    const others = to.filter((place) => !place.endsWith(':443'));
    // Two destinations on 443 are a rule, not an accident.
    const wide = to.length - others.length > 1 && !wasOpened(facts);
    const places = wide ? ['*:443', ...others] : to;
    const when = { to: places.length === 1 ? places[0] : places, ...(except.length > 0 ? { except } : {}) };
    story.add(['lab', 'firewall', 'rules'], { when, then }, from);
  }
}

/** Somebody who is no proxy got out to 443. */
const wasOpened = ({ view, proxies, addressOf }: Facts): boolean => {
  const ours = new Set(proxies.flatMap(({ host }) => [host, ...(addressOf.get(host.toLowerCase())?.ips ?? [])]));
  return view.ofType('tcp.opened').some(({ data: { from, to } }) => to.endsWith(':443') && !ours.has(hostOf(from)));
};

const hostOf = (place: string): string => place.slice(0, place.lastIndexOf(':'));

function wallsOf({ view }: Facts): Wall[] {
  const way = (from: string, to: string): string => `${hostOf(from)} ${to}`;
  const opened = new Set(view.ofType('tcp.opened').map(({ data }) => way(data.from, data.to)));
  const refused = view.ofType('tcp.refused');
  const silent = view.ofType('tcp.syn').filter(({ data }) => !refused.some((other) => other.data.to === data.to));
  const seen = new Set<string>();
  return [...refused, ...silent].flatMap((event: TraceEvent<'tcp.refused' | 'tcp.syn'>): Wall[] => {
    const { from, to } = event.data;
    if (opened.has(way(from, to)) || seen.has(to)) return [];
    seen.add(to);
    const then = event.type === 'tcp.syn' ? 'drop' : event.data.how === 'rst' ? 'reject' : 'icmp';
    return [{ to, then, from: placeOf(event) }];
  });
}
