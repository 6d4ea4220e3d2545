import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import { seqs, settingsOf } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { isStillborn, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';

/** `proxyserver:8080`: the name before the colon is taken for the scheme. An address of digits is no URI at all. */
const bareHost = /^([a-z][a-z0-9+.-]*):(\d{1,5})\/?$/i;

const isBare = ({ data }: TraceEvent<'client.setting'>): boolean =>
  data.overriddenBy === null && /(^|\W)proxyaddress$/i.test(data.name) && bareHost.test(data.value);

const bareSettings = (view: View): TraceEvent<'client.setting'>[] =>
  [...settingsOf(view).values()].flatMap((settings) => [...settings.values()].filter(isBare));

export const cfgProxyaddressHostNoScheme = rule({
  id: 'cfg-proxyaddress-host-no-scheme',
  title: 'proxyaddress lacks http://',
  severity: 'error',
  summary:
    'proxyaddress is written as host:port. .NET Framework reads the host as the scheme of a URI, loads the file ' +
    'without complaint, and throws at the first request. No packet leaves the machine.',
  confirm:
    'A capture that spans the start of the service shows nothing for the filter `tcp.port==8080 || tcp.port==443` (the same in Message ' +
    'Analyzer; with the port of your proxy): nothing goes towards proxy or service. The log holds “The ServicePointManager does not support proxies with the … scheme.”',
  fix: 'Write proxyaddress="http://proxyserver:8080", also for an IP address, in the file named (ApplicationProxyConnectorService.exe.config and ApplicationProxyConnectorUpdaterService.exe.config); restart the service.',
  refutedIf: 'A packet to the proxy is in the capture, or the value in the file that the service reads has http://.',
  alternatives: [],
  needs: [
    { says: 'a proxyaddress of the form host:port', seen: bareSettings },
    {
      says: 'a request that failed before any packet',
      seen: (view) => requestsOf(view).flatMap((request) => (isStillborn(request) ? [request.started] : [])),
    },
  ],
  find: (view) =>
    bareSettings(view).flatMap((setting) => {
      const { client, value } = setting.data;
      const [, host = '', port = ''] = bareHost.exec(value) ?? [];
      const failed = requestsOf(view).filter((request) => request.client === client && isStillborn(request));
      if (failed.length === 0) return [];
      const place = placeOf(setting);
      const named = failed.some(({ finished }) => finished?.data.error?.text.includes(`the ${host} scheme`));
      return [
        {
          about: place,
          confidence: named ? 'certain' : 'likely',
          why: `${place} sets proxyaddress to "${value}": "${host}" is read as a scheme, and ${client} sends no packet.`,
          fix: `In ${place} write proxyaddress="http://${host}:${port}", then restart the service.`,
          evidence: seqs(
            setting,
            failed.map(({ finished }) => finished),
          ),
          explains: seqs(failed.flatMap(({ events }) => events)),
        },
      ];
    }),
});
