/** Requests that asked a proxy for Upgrade, and reached their destination without it. */
import type { TraceEvent } from '../trace/events.ts';
import { header, kept } from '../trace/view.ts';
import { repliesOf } from './proxy-replies.ts';
import type { Reply } from './proxy-replies.ts';

export interface StrippedUpgrade {
  reply: Reply;
  /** `http` in absolute form, `https` inside a tunnel that the proxy opens. */
  scheme: string;
  /** What the destination heard in the end. */
  arrived: TraceEvent<'origin.request'>;
  evidence: number[];
}

export const strippedUpgrades = kept((view): readonly StrippedUpgrade[] =>
  repliesOf(view).flatMap((reply) => {
    const { request, response, status } = reply;
    if (!request || status === 101 || header(request.data.headers, 'upgrade') === undefined) return [];
    const [, scheme = '', path = ''] = /^(https?):\/\/[^/]*(.*)$/.exec(request.data.target) ?? [];
    const arrived = view
      .ofType('origin.request')
      .find(
        ({ seq, data }) =>
          seq > request.seq && seq < response.seq && data.host === reply.host && data.target === (path || '/'),
      );
    if (!arrived || header(arrived.data.headers, 'upgrade') !== undefined) return [];
    return [{ reply, scheme, arrived, evidence: [request.seq, arrived.seq, response.seq] }];
  }),
);

/** One sentence for both kinds. */
export const sayStripped = ({ reply, scheme }: StrippedUpgrade): string =>
  `${reply.proxy} was asked to upgrade ${scheme === 'https' ? 'inside the tunnel to' : 'at'} ${reply.host}:${reply.port}; the ` +
  `request reached its destination without Upgrade, and the answer was ${reply.status} in place of 101.`;
