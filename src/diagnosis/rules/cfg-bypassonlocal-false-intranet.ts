import { seqs } from '../../trace/view.ts';
import { proxyFilter, serviceFile } from '../product-files.ts';
import { bySetting, counting, countingAs, isFramework, nameOf, needing, placeOf } from '../programs.ts';
import { repliesOf } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

export const cfgBypassonlocalFalseIntranet = rule({
  id: 'cfg-bypassonlocal-false-intranet',
  title: 'An intranet name without a dot is sent to the proxy, which does not know it',
  severity: 'error',
  summary:
    'Without bypassonlocal="True" everything goes to the proxy, names of the own network too. A proxy that stands at the way to ' +
    'the Internet can neither resolve nor reach them, and answers 502, 503 or 504.',
  confirm: `Filter ${proxyFilter}: a request for a name without a dot, and the refusal. From the server itself the name resolves.`,
  fix: `Add bypassonlocal="True" beside proxyaddress in ${serviceFile}, or list the internal domains in <bypasslist><add address="^https?://[^.:/]+(:|$)"/>; restart the service.`,
  refutedIf: 'The proxy is meant to carry this name, and reaches it for others.',
  alternatives: [],
  ...bySetting(
    'a proxyaddress without bypassonlocal, and a name without a dot that the proxy could not reach',
    needing('a proxyaddress', (program) => counting(program, 'proxy.proxyaddress')),
    (program, view) => {
      const address = counting(program, 'proxy.proxyaddress');
      const [setting] = address;
      if (!setting || !isFramework(program) || countingAs(program, 'proxy.bypassonlocal', 'true').length > 0) return [];
      return program.requests.flatMap((request) => {
        const { host } = request.target;
        const reply = repliesOf(view).find(
          ({ owner, status }) => owner?.request === request && status >= 502 && status <= 504,
        );
        if (!reply || host.includes('.') || host.includes(':')) return [];
        const local = counting(program, 'proxy.bypassonlocal');
        return [
          {
            settings: [...address, ...local],
            requests: [request],
            about: host,
            also: [...reply.evidence, ...seqs(reply.response)],
            why:
              `${nameOf(program)} asked ${reply.proxy} for ${host}, a name without a dot, and got ${reply.status}: ` +
              `${placeOf(setting)} names the proxy and has no bypassonlocal="True".`,
          },
        ];
      });
    },
  ),
});
