import { deniedNeed, evidenceOf, explainedBy, isSignIn, verdictsOf } from '../denials.ts';
import type { Verdicts } from '../denials.ts';
import { sayDuration } from '../../duration.ts';
import { connectFilter } from '../filters.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { listedAs, useOf } from '../service-hosts.ts';

/** A name that passed once and is refused later, while the service itself still passes. */
function match({ denied, passed }: Verdicts): Match[] {
  return denied.filter(isSignIn).flatMap((reply) => {
    const { seq, at } = reply.response;
    const before = passed.findLast(
      ({ host, port, response }) => host === reply.host && port === reply.port && response.seq < seq,
    );
    const still = passed.find(
      ({ host, port, response }) =>
        useOf(host, port) === 'service' && response.seq > (before?.response.seq ?? Infinity),
    );
    if (!before || !still) return [];
    return [
      {
        about: reply.proxy,
        confidence: 'certain',
        why:
          `${reply.proxy} opened a tunnel to ${reply.host}:443, and ${sayDuration(at - before.response.at)} later answers the same ` +
          `CONNECT with 403; ${still.host}:443 still passes.`,
        fix: `On ${reply.proxy} keep ${listedAs(reply.host, 443) ?? reply.host}:443 and the other registration hosts allowed for good.`,
        evidence: [...evidenceOf([before, reply]), still.response.seq],
        explains: explainedBy([reply], passed),
      },
    ];
  });
}

export const policyHostsNeededAfterRegistration = rule({
  id: 'policy-hosts-needed-after-registration',
  title: 'Registration hosts were closed once the connector was registered',
  severity: 'error',
  summary:
    'A sign-in host passed the proxy when the connector was registered, and is refused now, while the service’s own hosts ' +
    'pass. The current list says “during and beyond registration”: what comes later, such as a renewal, fails long after ' +
    'the change.',
  confirm: `Filter ${connectFilter(403)}. The proxy’s log shows 200 for the same names on the day of the registration.`,
  fix: 'Keep the registration hosts allowed on 443 after the registration: login.windows.net, *.microsoftonline.com and the others of the list.',
  refutedIf: 'The proxy’s log shows that the name was never allowed.',
  alternatives: [
    {
      id: 'policy-429-quota',
      tellApart: 'The refusal comes after a number of requests or at a time of day, and goes away by itself.',
    },
  ],
  needs: [deniedNeed('to a registration host on 443', isSignIn)],
  find: (view) => verdictsOf(view).flatMap(match),
});
