import { header } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { events, isTunnel, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const framing = ['Content-Length', 'Transfer-Encoding'] as const;

const framed = (view: View): Reply[] =>
  tunnelReplies(view).filter((reply) => isTunnel(reply) && framingOf(reply).length > 0);

const framingOf = ({ response }: Reply): string[] =>
  framing.flatMap((name) => {
    const value = header(response.data.headers, name);
    return value === undefined ? [] : [`${name}: ${value}`];
  });

export const proxyConnect200WithLength = rule({
  id: 'proxy-connect-200-with-length',
  title: 'The 200 to CONNECT announces a body',
  severity: 'info',
  summary:
    'A 2xx to CONNECT must not have Content-Length or Transfer-Encoding, and clients must ignore them (RFC 9110 section ' +
    '9.3.6): behind the head the tunnel begins. A client that believes them waits for a body and hangs before its ClientHello.',
  confirm: 'Read the head of the 200 to CONNECT. A client that hangs sends no `tls.handshake.type==1` behind it.',
  fix: 'Nothing as long as all programs pass; else let the proxy leave these fields out of its 2xx to CONNECT.',
  refutedIf: 'The answer with these fields is not one to CONNECT.',
  alternatives: [],
  needs: [{ says: 'a 2xx to CONNECT with Content-Length or Transfer-Encoding', seen: (view) => events(framed(view)) }],
  find: (view) =>
    framed(view).map((reply) => ({
      about: reply.proxy,
      confidence: 'certain',
      severity: reply.owner?.attempt.failure === 'http.timeout' ? 'error' : 'info',
      why: `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with ${reply.status} and ${framingOf(reply).join(', ')}.`,
      evidence: reply.evidence,
    })),
});
