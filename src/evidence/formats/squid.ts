/** Squid's own access.log: time, milliseconds, client, code and status, bytes, method, target, user, way, type. */
import type { Format } from '../format.ts';
import { eachEntry } from '../lines.ts';
import { Logged } from '../logged.ts';

const line =
  /^\s*(\d{9,11}\.\d{3})\s+-?\d+\s+(\S+)\s+([A-Z_]+)\/(\d{3})\s+\d+\s+([A-Z][A-Z-]*)\s+(\S+)\s+(\S+)\s+(\S+)/;

export const squid: Format = {
  name: 'squid',
  summary: 'access log of Squid',
  unit: 'lines',
  fits: (head) => line.test(head.toString('latin1').split('\n')[0] ?? ''),
  async read(source, { drafts, capture }) {
    const logged = new Logged(drafts, capture.notes);
    return eachEntry(source, { entry: line, notes: capture }, (match, number) => {
      const [, time = '', client = '', code = '', status = '', method = '', target = '', user = '-'] = match;
      // Nothing was sent: the client left before an answer.
      if (status === '000') return;
      logged.write({
        at: Number(time) * 1000,
        file: source.name,
        line: number,
        proxy: source.name,
        client,
        method,
        target,
        status: Number(status),
        reason: code,
        headers: undefined,
        asked: user === '-' ? [] : [['Proxy-Authorization', 'a user that the log names']],
      });
    });
  },
};
