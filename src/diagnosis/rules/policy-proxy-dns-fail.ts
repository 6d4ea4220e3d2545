import { rule } from '../rule.ts';
import { ofObstacle } from '../upstream-failures.ts';

export const policyProxyDnsFail = rule({
  id: 'policy-proxy-dns-fail',
  title: 'The proxy cannot resolve the destination’s name',
  severity: 'error',
  summary:
    'Behind a proxy it is the proxy that resolves. Its resolver has no answer for this name, or does not answer, and the ' +
    'client gets 502 or 504 (503 from Squid).',
  confirm:
    'Filter `http.response.code in {502, 503, 504}` on the proxy’s port and read Proxy-Status or the page. On the proxy itself: ' +
    '`nslookup <host>` with the resolver that it uses.',
  fix: 'Give the proxy a resolver that knows public names, or let its resolver forward this name.',
  refutedIf: 'The proxy’s resolver answers this name with an address.',
  alternatives: [
    {
      id: 'policy-dns-allow-list',
      tellApart: 'The resolver answers for names on a list and for no others: a public resolver has this name.',
    },
  ],
  ...ofObstacle('name', ({ host }) => `it could not resolve ${host}`),
});
