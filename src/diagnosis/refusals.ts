/** What one refusal of a tunnel may mean, as long as nothing else is known of it: alternatives of every rule on it. */
import type { Alternative } from '../finding.ts';
import { isSignIn } from './denials.ts';
import type { Reply } from './proxy-replies.ts';
import { wildcardOf } from './service-hosts.ts';
import { silencesFor } from './silences.ts';

export const everyName: Alternative = {
  id: 'policy-connect-443-denied',
  tellApart: 'CONNECT to any other name on 443 is refused as well: the method is forbidden, not the name.',
};

/** One name of a suffix cannot tell whether the others are missing too. */
export function wholeSuffix({ host }: Reply): Alternative[] {
  const wildcard = wildcardOf(host);
  if (wildcard === undefined) return [];
  const id = wildcard === '*.msappproxy.net' ? 'policy-servicebus-only' : 'policy-msappproxy-only';
  return [
    { id, tellApart: `Other names below ${wildcard.slice(2)} are refused as well: the whole suffix is missing.` },
  ];
}

/** What a 502 without a reason may hide. */
export const untoldReasons: readonly Alternative[] = [
  { id: 'policy-proxy-dns-fail', tellApart: 'The proxy’s log: it could not resolve the name.' },
  { id: 'policy-proxy-upstream-refused', tellApart: 'The proxy’s log: the destination refused its connection.' },
  {
    id: 'policy-destination-ip-prohibited',
    tellApart: 'The proxy’s log: the name resolves to an address that it may not connect to.',
  },
];

const unlisted: Alternative = {
  id: 'policy-403-fqdn',
  tellApart: 'The proxy is meant to let this name pass: then its policy is the fault, and going there is right.',
};
const asked: Alternative = {
  id: 'auth-407-connect',
  tellApart: 'The proxy is meant to let this machine pass unasked: then its question is the fault.',
};
const uncarried: Alternative = {
  id: 'policy-502-deny',
  tellApart: 'The proxy is meant to carry this: then what it means by 502 is the fault.',
};

/** The refusal by itself, where another way was left or meant. */
export const refusals: readonly Alternative[] = [unlisted, asked, uncarried];

/** All that such a refusal may mean; nothing for other answers. */
export function refusalsFor(reply: Reply): Alternative[] {
  const name = isSignIn(reply) ? { ...unlisted, id: 'policy-registration-hosts-missing' } : unlisted;
  if (reply.status === 403) return [name, everyName, ...wholeSuffix(reply)];
  if (reply.status === 407) return [asked, ...silencesFor(reply)];
  if (reply.status !== 502) return [];
  return [uncarried, ...(reply.reason === undefined ? untoldReasons : [])];
}
