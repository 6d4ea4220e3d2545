import { header, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { connectFilter } from '../filters.ts';
import { events, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const redirected = (view: View): Reply[] => tunnelReplies(view).filter(({ status }) => status >= 300 && status < 400);

export const proxyConnect3xx = rule({
  id: 'proxy-connect-3xx',
  title: 'The proxy answers CONNECT with a redirect',
  severity: 'error',
  summary:
    'The proxy wants to send the user to a page, to log in or to accept terms, and redirects. In answer to CONNECT no client ' +
    'follows that: it would let the proxy speak in the name of the destination. The tunnel fails, and the page is never seen.',
  confirm: `Filter ${connectFilter(302)} and read Location: it leads to the proxy’s or the network’s login page.`,
  fix: 'Exempt the connector’s machine from the login page or the terms of use; a service cannot fill in a form.',
  refutedIf: 'The answer to this CONNECT is 200.',
  alternatives: [],
  needs: [{ says: 'a 3xx to CONNECT', seen: (view) => events(redirected(view)) }],
  find: (view) =>
    redirected(view).map((reply) => {
      const location = header(reply.response.data.headers, 'location');
      return {
        about: reply.proxy,
        confidence: 'certain',
        why:
          `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with ${reply.status}` +
          `${location === undefined ? '' : ` to ${location}`}, which no client follows.`,
        evidence: reply.evidence,
        explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
      };
    }),
});
