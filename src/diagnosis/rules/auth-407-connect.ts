import type { Alternative } from '../../finding.ts';
import { header, seqs } from '../../trace/view.ts';
import { schemesOf, unanswered } from '../challenges.ts';
import { events } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

interface Unseen extends Alternative {
  /** Whether this answer leaves room for it. */
  fits: (reply: Reply) => boolean;
}

/** What would look the same: whether the client has anything to say, or was told to keep silent, is not on the wire. */
const unseen: readonly Unseen[] = [
  {
    id: 'auth-407-service-identity',
    tellApart: 'The proxy’s log shows users that pass, and the machine account or a blank for the service.',
    fits: () => true,
  },
  {
    id: 'auth-default-creds-off',
    tellApart:
      'NTLM or Negotiate is offered, and the machine account would be let in: useDefaultCredentials is absent.',
    fits: (reply) => offers(reply, 'ntlm', 'negotiate', 'kerberos'),
  },
  {
    id: 'auth-negotiate-no-kdc',
    tellApart:
      'Nothing but Negotiate is offered, and the client would answer: `klist get HTTP/<name of the proxy>` gets no ticket.',
    fits: (reply) => only(reply, 'negotiate', 'kerberos'),
  },
  {
    id: 'auth-negotiate-no-fallback',
    tellApart:
      'NTLM stands beside Negotiate, and the client (curl with --proxy-anyauth) passes when told to use NTLM alone.',
    fits: (reply) => offers(reply, 'negotiate') && offers(reply, 'ntlm'),
  },
  {
    id: 'auth-digest-algorithm',
    tellApart: 'The client has credentials, and passes when the proxy offers Digest with MD5 and qop=auth.',
    fits: (reply) => only(reply, 'digest') && !offersOldDigest(reply),
  },
  {
    id: 'auth-407-body-rendered',
    tellApart: 'The client shows the proxy’s page under the name of the destination.',
    fits: ({ response }) => /^text\/html/i.test(header(response.data.headers, 'content-type') ?? ''),
  },
];

const offers = (reply: Reply, ...schemes: string[]): boolean =>
  schemesOf(reply).some((scheme) => schemes.includes(scheme.toLowerCase()));

const only = (reply: Reply, ...schemes: string[]): boolean =>
  schemesOf(reply).every((scheme) => schemes.includes(scheme.toLowerCase()));

/** A Digest challenge of RFC 2617 that everybody can answer: MD5, and qop=auth among what may be chosen. */
const offersOldDigest = ({ response }: Reply): boolean =>
  response.data.headers.some(
    ([name, value]) =>
      name.toLowerCase() === 'proxy-authenticate' &&
      !/algorithm="?(?!MD5\b)/i.test(value) &&
      !/qop="?auth-int"?(?=[,\s]*(?:\w+=|$))/i.test(value),
  );

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
  alternatives: unseen.map(({ id, tellApart }) => ({ id, tellApart })),
  needs: [{ says: 'a 407 with a challenge to CONNECT that nobody answers', seen: (view) => events(unanswered(view)) }],
  find: (view) =>
    unanswered(view).map((reply) => ({
      about: reply.proxy,
      confidence: 'certain',
      why:
        `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with 407 and wants ` +
        `${schemesOf(reply).join(' or ')}; the client sent no credentials.`,
      evidence: reply.evidence,
      alternatives: unseen.filter(({ fits }) => fits(reply)).map(({ id, tellApart }) => ({ id, tellApart })),
      explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
    })),
});
