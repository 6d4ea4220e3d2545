import { deniedNeed, evidenceOf, explainedBy, verdictsOf } from '../denials.ts';
import type { Verdicts } from '../denials.ts';
import { connectFilter } from '../filters.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { listedAs } from '../service-hosts.ts';

const labels = (name: string): number => name.split('.').length;

/** More than one label stands where the list has `*`. */
const isDeep = ({ host, port }: Reply): boolean => {
  const entry = listedAs(host, port);
  return entry?.startsWith('*.') === true && labels(host) > labels(entry);
};

function match({ denied, passed }: Verdicts): Match[] {
  return denied.filter(isDeep).flatMap((reply) => {
    const entry = listedAs(reply.host, reply.port) ?? '';
    const kin = [...denied, ...passed].filter(
      ({ host, port }) => port === reply.port && listedAs(host, port) === entry,
    );
    const shallow = passed.find((other) => kin.includes(other) && !isDeep(other));
    const exception = kin.some((other) => isDeep(other) === passed.includes(other));
    if (!shallow || exception) return [];
    return [
      {
        about: `${entry} at ${reply.proxy}`,
        confidence: 'likely',
        why:
          `${reply.proxy} answered CONNECT ${shallow.host}:443 with ${shallow.status}, but ${reply.host}:443 with 403: both fall under ` +
          `${entry}, the second with more than one label for the *.`,
        fix: `On ${reply.proxy} write the rule so that it takes any depth (often .${entry.slice(2)} instead of ${entry}), or add *.${entry}.`,
        evidence: evidenceOf([shallow, reply]),
        explains: explainedBy([reply], passed),
      },
    ];
  });
}

export const policyWildcardDepth = rule({
  id: 'policy-wildcard-depth',
  title: 'The wildcard of the proxy’s rule stands for one label only',
  severity: 'error',
  summary:
    'Names with one label below the suffix pass, deeper ones get 403. Products read `*.` differently: as any depth, or as ' +
    'one label, as certificates do.',
  confirm: `Filter ${connectFilter(403)} and count the labels of the names that pass and of those that do not.`,
  fix: 'Write the rule for the suffix so that it takes names of any depth.',
  refutedIf: 'A name of the same depth below the same suffix passes.',
  alternatives: [
    { id: 'policy-403-fqdn', tellApart: 'Another name of the same depth passes: this one name is missing.' },
  ],
  needs: [deniedNeed('to a name more than one label below a wildcard of the list', isDeep)],
  find: (view) => verdictsOf(view).flatMap(match),
});
