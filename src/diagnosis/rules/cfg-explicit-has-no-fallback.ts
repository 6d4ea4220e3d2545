import { seqs } from '../../trace/view.ts';
import { isDead, sayAttempts } from '../candidates.ts';
import { proxyFilter, serviceFile, updaterFile } from '../product-files.ts';
import { bySetting, counting, isFramework, nameOf, needing, placeOf, programsOf, sameMachine } from '../programs.ts';
import { rule } from '../rule.ts';

/** That the proxy is dead is the fault, where all is meant to go by it. */
const tellApart =
  'Nothing is meant to go directly from this machine: then it is the proxy alone that has to come back.';
const deadProxies = [
  { failure: 'tcp.refused', alternative: { id: 'proxy-refused', tellApart } },
  { failure: 'tcp.timeout', alternative: { id: 'proxy-syn-blackhole', tellApart } },
  { failure: 'dns.nxdomain', alternative: { id: 'proxy-name-nxdomain', tellApart } },
];

export const cfgExplicitHasNoFallback = rule({
  id: 'cfg-explicit-has-no-fallback',
  title: 'The proxy of proxyaddress is down, and there is no way beside it',
  severity: 'error',
  summary:
    'proxyaddress is one proxy and the end of the list: when it cannot be reached, the request fails, though the destination ' +
    'can be reached directly. With a script System.Net would go on by the static proxy or DIRECT (source).',
  confirm: `Filter ${proxyFilter} or \`tcp.flags.reset==1 || tcp.flags.syn==1\`: only attempts at the proxy; another program of the machine has a direct connection to the same host.`,
  fix: `Bring the proxy back. Where direct traffic is allowed, take proxyaddress out and bypass with <defaultProxy enabled="false">; where it is to be tried second, use a script that ends in DIRECT. Files: ${serviceFile}, ${updaterFile}; restart both services.`,
  refutedIf: 'The proxy can be reached from this machine, or a direct connection cannot be made either.',
  alternatives: deadProxies.map(({ alternative }) => alternative),
  ...bySetting(
    'a proxyaddress out of reach, beside a direct connection of the same machine',
    needing('a proxyaddress', (program) => counting(program, 'proxy.proxyaddress')),
    (program, view) => {
      const [setting] = counting(program, 'proxy.proxyaddress');
      if (!setting || !isFramework(program)) return [];
      const requests = program.requests.filter(({ attempts }) => attempts.length > 0 && attempts.every(isDead));
      const [first] = requests;
      const open = programsOf(view)
        .filter((other) => sameMachine(other, program))
        .flatMap((other) => other.requests)
        .find(
          ({ ok, target, attempts }) => ok && target.host === first?.target.host && attempts.at(-1)?.route === 'DIRECT',
        );
      if (!first || !open) return [];
      return [
        {
          settings: [setting],
          requests,
          also: seqs(open.routes, open.finished),
          about: setting.data.value,
          why:
            `${placeOf(setting)} names ${setting.data.value} for ${nameOf(program)}: ${sayAttempts(first.attempts)}, and nothing else is ` +
            `tried; ${open.client} on the same machine reaches ${open.target.host} directly.`,
          match: {
            alternatives: deadProxies
              .filter(({ failure }) => first.attempts.some((one) => one.failure === failure))
              .map(({ alternative }) => alternative),
          },
        },
      ];
    },
  ),
});
