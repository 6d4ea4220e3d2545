import { sayProxy } from '../candidates.ts';
import { directIsOpen } from '../fail-open.ts';
import { proxyElement, serviceFile, synFilter, updaterFile } from '../product-files.ts';
import { bySetting, countingAs, nameOf, needing, placeOf, programsOf, sameMachine, shutOut } from '../programs.ts';
import { rule } from '../rule.ts';
import { seqs } from '../../trace/view.ts';

export const cfgBypassButProxyMandatory = rule({
  id: 'cfg-bypass-but-proxy-mandatory',
  title: 'The program is told to bypass the proxy in a network that lets nobody out without it',
  severity: 'error',
  summary:
    '<defaultProxy enabled="false"> sends everything direct. This network drops direct traffic: the same destination is ' +
    'reached through the proxy by another program of the machine. No CONNECT ever leaves the one that bypasses.',
  confirm: `Filter ${synFilter}: repeated SYNs to the service itself, and no CONNECT from this program at all.`,
  fix: `Take enabled="false" out and name the proxy: <defaultProxy>${proxyElement}</defaultProxy> in ${serviceFile} and in ${updaterFile}; restart both services.`,
  refutedIf: 'A direct connection from this machine to port 443 of a public address stands.',
  alternatives: [
    {
      id: 'direct-443-syn-blackhole',
      tellApart: 'The firewall is meant to let this machine out directly: then the firewall is wrong, not the setting.',
    },
  ],
  ...bySetting(
    'a program with defaultProxy off that gets nowhere, beside one that a proxy carries',
    needing('a program with <defaultProxy enabled="false">', (program) =>
      countingAs(program, 'defaultProxy.enabled', 'false'),
    ),
    (program, view) => {
      const off = countingAs(program, 'defaultProxy.enabled', 'false');
      const requests = shutOut(view, program);
      const [setting] = off;
      const [first] = requests;
      if (!setting || !first) return [];
      const others = programsOf(view).filter((other) => sameMachine(other, program));
      if (others.some(({ client }) => directIsOpen(view, client))) return [];
      const witness = others
        .flatMap((other) => other.requests.map((request) => ({ other, request })))
        .find(
          ({ request }) => request.ok && request.target.host === first.target.host && request.attempts.at(-1)?.proxy,
        );
      if (!witness) return [];
      const { other, request } = witness;
      const proxy = sayProxy(request.attempts.at(-1)?.route ?? '');
      return [
        {
          settings: off,
          requests,
          also: seqs(request.routes, request.finished),
          why:
            `${placeOf(setting)} tells ${nameOf(program)} to use no proxy, and nothing answers it at ` +
            `${first.target.host}:${first.target.port}; ${nameOf(other)} on the same machine reaches the same host through ` +
            `${proxy}.`,
          match: {
            fix:
              `In ${placeOf(setting)} write <defaultProxy><proxy proxyaddress="http://${proxy}" bypassonlocal="True" ` +
              `usesystemdefault="True"/></defaultProxy> instead of enabled="false", in the other program’s file as well ` +
              `where it bypasses (${serviceFile}; ${updaterFile}), and restart both services.`,
          },
        },
      ];
    },
  ),
});
