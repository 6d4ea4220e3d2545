/** What DHCP servers said of the proxy script, as captures show it. */
import type { TraceEvent } from '../../trace/events.ts';
import { pick } from '../../trace/view.ts';
import type { Gathered } from '../sent.ts';
import type { Story } from './story.ts';

/** One lab has one DHCP: what the first machine heard counts. */
export function writeDhcp(story: Story, { events }: Pick<Gathered, 'events'>): void {
  const told = pick(events ?? [], 'dhcp.answer');
  const [first] = told;
  if (!first) {
    const [unheard] = pick(events ?? [], 'dhcp.timeout');
    if (unheard) story.set(['lab', 'dhcp'], { inform: 'silent' }, placeOf(unheard));
    return;
  }
  // The last word of each server on each adapter.
  const own = told.filter(({ data }) => data.client === first.data.client);
  const answers = new Map(own.map(({ data }) => [`${data.adapter} ${data.server}`, data]));
  const [one, ...more] = [...answers.values()].map(({ adapter, server, option252 }) => ({
    adapter,
    server,
    option252: option252 ?? 'none',
  }));
  if (one && more.length > 0) story.set(['lab', 'dhcp'], { answers: [one, ...more] }, placeOf(first));
  else if (one) story.set(['lab', 'dhcp'], { option252: one.option252 }, placeOf(first));
}

const placeOf = ({ file, frame }: TraceEvent): string =>
  [file, frame === undefined ? undefined : `frame ${frame}`].filter((part) => part !== undefined).join(' ');
