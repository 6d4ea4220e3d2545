/** Our own traces: events as they are. */
import { fromNdjson } from '../../trace/file.ts';
import type { Format } from '../format.ts';
import { textOf } from '../text.ts';

export const trace: Format = {
  name: 'trace',
  summary: 'trace of a run of paclab (NDJSON)',
  unit: 'events',
  fits: (head) => /^\s*\{"seq":\d+,"at":/.test(head.toString('latin1', 0, 256)),
  async read(source, { traces }) {
    const events = fromNdjson(await textOf(source, 'a trace'), source.name);
    traces.push(events);
    return events.length;
  },
};
