import { header, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { events, isRelayed, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const refused = (view: View): Reply[] => repliesOf(view).filter((reply) => reply.status === 429 && !isRelayed(reply));

export const policy429Quota = rule({
  id: 'policy-429-quota',
  title: 'A quota of the proxy is used up',
  severity: 'error',
  summary:
    'The proxy counts requests or time for each client and answers 429 when its allowance is used up. A service that is ' +
    'never idle, as the connector is, reaches a quota that was made for people.',
  confirm:
    'Filter `http.request.method=="CONNECT" || http.response.code==429` on the proxy’s port: the same CONNECT passed before.',
  fix: 'Exempt the connector’s machine from quotas of requests, volume and time on the proxy.',
  refutedIf: 'The first request of the day is refused as well.',
  alternatives: [],
  needs: [{ says: 'a 429 of the proxy', seen: (view) => events(refused(view)) }],
  find: (view) =>
    refused(view).map((reply) => {
      const { proxy } = reply.response.data;
      const before = repliesOf(view).filter(
        ({ status, response }) => status < 400 && response.data.proxy === proxy && response.seq < reply.response.seq,
      );
      const wait = header(reply.response.data.headers, 'retry-after');
      return {
        about: reply.proxy,
        confidence: 'certain',
        why:
          `${reply.proxy} answered ${reply.method} ${reply.host}:${reply.port} with 429` +
          (before.length > 0 ? ` after ${before.length} that passed` : '') +
          (wait === undefined ? '.' : `; it asks to come back after ${wait} s.`),
        evidence: [...reply.evidence, ...seqs(before.at(-1)?.response)],
        explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
      };
    }),
});
