import { pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { events, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

/** Inside of a tunnel that the proxy opened such targets are its own way of writing. */
const isInside = (view: View, { response }: Reply): boolean =>
  pick(view.onConnection(response.data.conn), 'proxy.request').some(
    ({ seq, data }) => data.method === 'CONNECT' && seq < response.seq,
  );

const refused = (view: View): Reply[] =>
  repliesOf(view).filter(
    (reply) =>
      reply.status >= 400 &&
      reply.method !== 'CONNECT' &&
      /^https:\/\//i.test(reply.response.data.target) &&
      !isInside(view, reply),
  );

export const proxyAbsoluteGetInsteadOfConnect = rule({
  id: 'proxy-absolute-get-instead-of-connect',
  title: 'The client asks the proxy for https in absolute form, not by CONNECT',
  severity: 'error',
  summary:
    'The program knows proxies for http only: it sends “GET https://…” to the proxy in clear text and leaves TLS to it. ' +
    'Most proxies refuse that (400, 403, 500, 503; Squid tries TLS itself); http works, https never.',
  confirm:
    'Filter `http.request.uri matches "^https://"` on the proxy’s port; there is no `http.request.method=="CONNECT"` of this program.',
  fix: 'Update the library, or give it an agent that tunnels (https-proxy-agent, with the library’s own proxy setting off).',
  refutedIf: 'The program sends CONNECT for the same URL.',
  alternatives: [],
  needs: [
    { says: 'a refusal of a request with an https target that is no CONNECT', seen: (view) => events(refused(view)) },
  ],
  find: (view) =>
    refused(view).map((reply) => ({
      about: reply.owner?.request.client ?? reply.proxy,
      confidence: 'certain',
      why: `${reply.owner?.request.client ?? 'A client'} asked ${reply.proxy} for "${reply.method} ${reply.response.data.target}" in clear text, and got ${reply.status}.`,
      evidence: reply.evidence,
      explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
    })),
});
