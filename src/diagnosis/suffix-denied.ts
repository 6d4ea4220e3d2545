/** One of the service's two wildcards is allowed and the other is not: the mirror images of one rule. */
import { denials, deniedNeed, evidenceOf, explainedBy, hostsOf, listed, verdictsOf } from './denials.ts';
import type { Verdicts } from './denials.ts';
import { connectFilter } from './filters.ts';
import type { Reply } from './proxy-replies.ts';
import type { View } from '../trace/view.ts';
import { rule } from './rule.ts';
import type { Match, Rule } from './rule.ts';
import { serviceWildcards, wildcardOf } from './service-hosts.ts';

type Wildcard = (typeof serviceWildcards)[number];

interface Words {
  id: string;
  missing: Wildcard;
  /** What works and what does not, as the user sees it. */
  effect: string;
}

/** The refusals that show one suffix to be missing, and the tunnels below the other; undefined where they do not. */
function missingSuffix({ denied, passed }: Verdicts, missing: Wildcard) {
  const present = otherThan(missing);
  const ofMissing = (reply: Reply): boolean => isBelow(reply, missing);
  const refused = denied.filter(ofMissing);
  const opened = passed.filter((reply) => isBelow(reply, present));
  const exception = passed.some(ofMissing) || denied.some(({ host }) => wildcardOf(host) === present);
  const [first] = refused;
  if (!first || hostsOf(refused).length < 2 || opened.length === 0 || exception) return undefined;
  return { first, refused, opened };
}

const otherThan = (missing: Wildcard): string => serviceWildcards.find((wildcard) => wildcard !== missing) ?? '';
const isBelow = ({ port, host }: Reply, wildcard: string): boolean => port === 443 && wildcardOf(host) === wildcard;

/** Whether a refusal is one of those that show a whole suffix to be missing: then it is a cause by itself. */
export const isOfMissingSuffix = (view: View, { response }: Reply): boolean =>
  verdictsOf(view).some((verdicts) =>
    serviceWildcards.some((wildcard) =>
      missingSuffix(verdicts, wildcard)?.refused.some((reply) => reply.response === response),
    ),
  );

export function suffixDenied({ id, missing, effect }: Words): Rule {
  const present = otherThan(missing);
  const ofMissing = (reply: Reply): boolean => isBelow(reply, missing);
  const find = (verdicts: Verdicts): Match[] => {
    const shown = missingSuffix(verdicts, missing);
    if (!shown) return [];
    const { first, refused, opened } = shown;
    return [
      {
        about: first.proxy,
        confidence: 'certain',
        why:
          `${first.proxy} answered CONNECT to ${listed(hostsOf(refused))} on 443 with 403, and opened tunnels to ` +
          `${listed(hostsOf(opened))}: ${missing} is missing from its list, ${present} is there.`,
        fix: `On ${first.proxy} allow CONNECT to ${missing}:443 beside ${present}:443 for the connector’s machine, without authentication.`,
        evidence: [...evidenceOf(refused), ...evidenceOf(opened.slice(0, 1))],
        explains: explainedBy(refused, verdicts.passed),
      },
    ];
  };
  return rule({
    id,
    title: `The proxy allows ${present} but not ${missing}`,
    severity: 'error',
    summary: `CONNECT passes for names below one of the service’s two suffixes and gets 403 below the other. ${effect}`,
    confirm: `Filter ${connectFilter(403)}. Every name below ${missing.slice(2)} gets 403, every name below ${present.slice(2)} gets 200.`,
    fix: `Allow both suffixes on the proxy, on port 443: ${serviceWildcards.join(' and ')}.`,
    refutedIf: `One CONNECT to a name below ${missing.slice(2)} is answered with 200: then single names are missing.`,
    alternatives: [],
    needs: [
      deniedNeed(`to a name below ${missing.slice(2)}`, ofMissing),
      {
        says: `two such names that were refused`,
        seen: (view) =>
          hostsOf(denials(view).filter(ofMissing)).length > 1 ? events(denials(view).filter(ofMissing)) : [],
      },
    ],
    find: (view) => verdictsOf(view).flatMap(find),
  });
}

const events = (replies: readonly Reply[]) => replies.map(({ response }) => response);
