import { dialsOf, endpoint } from '../../trace/dials.ts';
import type { Dial } from '../../trace/dials.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { kept, pick, seqs } from '../../trace/view.ts';
import { repliesOf } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import { obstacleTold } from '../upstream-failures.ts';

interface Turn {
  dial: Dial;
  asked: TraceEvent<'proxy.request'>;
}

/** Connections of a machine to itself, over which a proxy of that machine was asked. */
const turns = kept((view): readonly Turn[] =>
  dialsOf(view).flatMap((dial) => {
    if (dial.conn === null || endpoint(dial.from).ip !== dial.to.ip) return [];
    const [asked] = pick(view.onConnection(dial.conn), 'proxy.request');
    return asked ? [{ dial, asked }] : [];
  }),
);

export const proxyLoop = rule({
  id: 'proxy-loop',
  title: 'The proxy forwards to itself',
  severity: 'error',
  summary:
    'The next hop of the proxy is the proxy: by its parent setting, by a script that it uses too, or by a name that leads ' +
    'back. It asks itself until it sees its own name in Via (502 proxy_loop_detected, Squid: 403), or runs out of connections.',
  confirm:
    'On the proxy: `ip.src==ip.dst`, or its log with itself as the client. Via of the request lists the same name twice; ' +
    'Proxy-Status says proxy_loop_detected.',
  fix: 'Correct the parent proxy (Squid: cache_peer) on the proxy, or exempt its own address from the rule that sends traffic to it.',
  refutedIf: 'No connection of the proxy leads to its own address and port.',
  alternatives: [],
  needs: [
    {
      says: 'a request to a proxy that came from its own address',
      seen: (view) => turns(view).map(({ asked }) => asked),
    },
  ],
  find: (view) => {
    const [first] = turns(view);
    if (!first) return [];
    const loops = turns(view).filter(
      ({ dial }) => dial.to.ip === first.dial.to.ip && dial.to.port === first.dial.to.port,
    );
    const { proxy } = first.asked.data;
    const replies = repliesOf(view).filter(({ response }) => response.data.proxy === proxy);
    const last = replies.at(-1);
    return [
      {
        about: proxy,
        confidence: 'certain',
        why:
          `The proxy at ${first.dial.to.ip}:${first.dial.to.port} connected to itself ${loops.length === 1 ? 'once' : `${loops.length} times`} for ` +
          `${first.asked.data.method} ${first.asked.data.target}` +
          (last ? `, and answered ${last.status}${last.reason === undefined ? '' : ` (${last.reason})`}.` : '.'),
        evidence: seqs(
          loops.flatMap(({ dial, asked }) => [...dial.events, asked]),
          replies.map(({ response }) => response),
          replies.flatMap(({ owner }) => owner?.attempt.dials.flatMap(({ events }) => events)),
          replies.map(({ owner }) => owner?.request.finished),
        ),
        // What it says of the way to the destination is not of the loop.
        explains: replies
          .filter((reply) => !obstacleTold(view, reply))
          .flatMap(({ evidence, owner }) => [...evidence, ...seqs(owner?.attempt.events, owner?.request.finished)]),
      },
    ];
  },
});
