import { seqs } from '../../trace/view.ts';
import { schemesOf, unanswered } from '../challenges.ts';
import { events } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import { silences, silencesFor } from '../silences.ts';

export const auth407Connect = rule({
  id: 'auth-407-connect',
  title: 'The proxy demands credentials that the client cannot give',
  severity: 'error',
  summary:
    'Every CONNECT is answered with 407 and a challenge. Connector and updater run as services: nobody can be ' +
    'prompted, and proxy authentication is not supported by the product. Neither registration nor configuration works.',
  confirm:
    'Filter `http.request.method=="CONNECT" || http.response.code==407` (Message Analyzer: `(https.Request or ' +
    'https.Response) and tcp.port==8080`, with the port of your proxy). CONNECT is followed by 407, no ClientHello.',
  fix:
    'On the proxy, allow the connector’s machine to reach *.msappproxy.net and *.servicebus.windows.net anonymously, ' +
    'by its address. The rule has to cover NETWORK SERVICE (connector) and SYSTEM (updater): neither can log on.',
  refutedIf: 'The same client gets 200 for the same CONNECT without an answer to the challenge.',
  alternatives: silences,
  needs: [{ says: 'a 407 with a challenge to CONNECT that nobody answers', seen: (view) => events(unanswered(view)) }],
  find: (view) =>
    unanswered(view).map((reply) => ({
      about: reply.proxy,
      confidence: 'certain',
      why:
        `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with 407 and wants ` +
        `${schemesOf(reply).join(' or ')}; the client sent no credentials.`,
      evidence: reply.evidence,
      alternatives: silencesFor(reply),
      explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
    })),
});
