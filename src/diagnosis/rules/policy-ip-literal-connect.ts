import { namesByAddress } from '../../trace/dials.ts';
import { deniedNeed, evidenceOf, explainedBy, verdictsOf } from '../denials.ts';
import { connectFilter } from '../filters.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const isLiteral = ({ host }: Reply): boolean => /^[\d.]+$|:/.test(host);

export const policyIpLiteralConnect = rule({
  id: 'policy-ip-literal-connect',
  title: 'The proxy refuses tunnels to addresses',
  severity: 'error',
  summary:
    'CONNECT with an IP address as its target gets 403, while names pass: rules by name cannot match an address. It strikes ' +
    'only programs that resolve names themselves before they ask the proxy.',
  confirm: `Filter ${connectFilter(403)}: the CONNECT lines that are refused have addresses.`,
  fix: 'Let the program hand the name to the proxy (for SOCKS: SOCKS 5 with remote names); or allow the service’s address ranges on the proxy as well.',
  refutedIf: 'A CONNECT to an address is answered with 200, or CONNECT to its name is refused too.',
  alternatives: [],
  needs: [deniedNeed('to an address', isLiteral)],
  find: (view) =>
    verdictsOf(view).flatMap(({ denied, passed }) =>
      denied.filter(isLiteral).flatMap((reply) => {
        const names = namesByAddress(view).get(reply.host);
        const same = passed.find(({ host, port }) => port === reply.port && names?.has(host) === true);
        const named = same ?? passed.find((other) => other.port === reply.port && !isLiteral(other));
        if (!named || passed.some((other) => isLiteral(other) && other.port === reply.port)) return [];
        return [
          {
            about: reply.proxy,
            confidence: same ? 'certain' : 'likely',
            why: `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with 403, but ${named.host}:${named.port} with ${named.status}.`,
            evidence: evidenceOf([reply, named]),
            explains: explainedBy([reply], passed),
          },
        ];
      }),
    ),
});
