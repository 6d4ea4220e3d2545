/** What machines asked DHCP of a proxy script, and were told: the same events that a client of the lab writes. */
import type { Write } from '../draft.ts';
import type { DhcpTalk } from '../leases.ts';
import { beside, isBefore } from '../slot.ts';
import type { World } from './world.ts';

/** The first interval of RFC 2131 section 4.1: whoever hears nothing in that time has no answer. */
const patience = 4000;

export function writeLeases(world: World, talks: readonly DhcpTalk[], write: Write): void {
  for (const talk of talks) writeTalk(world, talk, write);
}

function writeTalk(world: World, talk: DhcpTalk, write: Write): void {
  const { client, informs, wantsScript, asked, answers } = talk;
  const [first] = asked;
  if (client === null || !first) return;
  const by = `client:${client}`;
  // A lease asks for 252 too, on every Windows; only DHCPINFORM is a search of its own.
  const searches = informs && wantsScript;
  if (searches) write(first, by, 'discovery.started', { client, source: 'dhcp', name: 'option 252' });
  for (const { slot, adapter, server, option252, dns, suffix } of answers)
    write(slot, by, 'dhcp.answer', { client, adapter, server, option252, dns, suffix });
  if (!searches) return;
  const last = answers.at(-1)?.slot;
  if (last) {
    const value = answers.find(({ option252 }) => option252 !== null)?.option252 ?? null;
    const reason = faultOf(value?.replace(/\0+$/, '') ?? null);
    const url = reason === null ? (value?.replace(/\0+$/, '') ?? null) : null;
    write(beside(last, 1), by, 'discovery.finished', { client, source: 'dhcp', url, reason });
    return;
  }
  const next = world.names.asked.find(
    (one) => one.client === client && /^wpad(\.|$)/i.test(one.name) && isBefore(first, one.first),
  );
  const until = next?.first.at ?? world.ended;
  if (until - first.at < patience) return;
  const slot = next ? beside(next.first, -8) : { ...(asked.at(-1) ?? first), at: until, frame: 0 };
  write(slot, by, 'dhcp.timeout', { client, afterMs: Math.round(until - first.at) });
  write(beside(slot, 1), by, 'discovery.finished', { client, source: 'dhcp', url: null, reason: 'no option 252' });
}

/** Why a value leads nowhere: the reasons of Windows. */
function faultOf(value: string | null): string | null {
  if (value === null) return 'no option 252';
  if (value === '') return 'option 252 is empty';
  if (/[\0-\x20]/.test(value) || !URL.canParse(value)) return `option 252 is no URL: ${JSON.stringify(value)}`;
  const scheme = new URL(value).protocol.slice(0, -1);
  return /^https?$/.test(scheme) ? null : `scheme ${scheme} is not fetched: ${value}`;
}
