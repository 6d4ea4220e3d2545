/**
 * Why a client says nothing to a 407. Whether it has anything to say, or was told to keep silent, is not on the wire, so
 * these are alternatives of one finding, as far as the answer leaves room for them.
 */
import type { Alternative } from '../finding.ts';
import { header } from '../trace/view.ts';
import { schemesOf } from './challenges.ts';
import type { Reply } from './proxy-replies.ts';

interface Unseen extends Alternative {
  /** Whether this answer leaves room for it. */
  fits: (reply: Reply) => boolean;
}

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

const named = ({ id, tellApart }: Unseen): Alternative => ({ id, tellApart });

/** All that a silence may mean. */
export const silences = unseen.map(named);

/** What it may mean after this answer. */
export const silencesFor = (reply: Reply): Alternative[] => unseen.filter(({ fits }) => fits(reply)).map(named);

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
