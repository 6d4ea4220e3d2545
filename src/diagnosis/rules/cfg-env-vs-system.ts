import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs, settingsOf } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf } from '../candidates.ts';
import { placeIn, proxyVariables } from '../environment.ts';
import { rule } from '../rule.ts';

type Setting = TraceEvent<'client.setting'>;

interface Split {
  request: Request;
  followed: Setting;
  ignored: Setting;
  /** Somebody who read the other setting for the same host. */
  other: Request | undefined;
}

const splits = kept((view): readonly Split[] =>
  requestsOf(view).flatMap((request) => {
    const system = systemProxy(view, request.client);
    const place = placeOf(request);
    if (!system || place === undefined) return [];
    const named = proxyVariables(view, request.client).find(
      ({ data }) => data.name.toLowerCase() === `${request.target.scheme}_proxy` && data.value !== '',
    );
    if (!named || placeIn(named.data.value) === placeIn(system.data.value)) return [];
    const byVariable = placeIn(named.data.value) === place;
    if (!byVariable && placeIn(system.data.value) !== place) return [];
    const other = requestsOf(view).find(
      (one) =>
        one.client !== request.client && one.target.host === request.target.host && placeOf(one) !== place && one.ok,
    );
    return [{ request, followed: byVariable ? named : system, ignored: byVariable ? system : named, other }];
  }),
);

/** One proxy for all, of the account or of the machine. */
function systemProxy(view: View, client: string): Setting | undefined {
  const setting = settingsOf(view).get(client)?.get('ProxyServer');
  return setting?.data.overriddenBy === null && !setting.data.value.includes('=') ? setting : undefined;
}

function placeOf({ attempts }: Request): string | undefined {
  const proxy = attempts[0]?.proxy;
  return proxy ? `${proxy.host}:${proxy.port}`.toLowerCase() : undefined;
}

/** A split matters where it makes a difference: this program failed and the other did not. */
const harmful = (view: View): readonly Split[] => splits(view).filter(({ request, other }) => !request.ok && other);

export const cfgEnvVsSystem = rule({
  id: 'cfg-env-vs-system',
  title: 'The environment names one proxy, the system another, and programs differ in which they read',
  severity: 'error',
  summary:
    'curl, Go and Node read the environment and never the settings of Windows; .NET (Core) reads the environment first and ' +
    'the system where no variable is set; .NET Framework, WinHTTP and Chromium on Windows read the system alone. With two ' +
    'different proxies a test with one program proves nothing for the other.',
  confirm:
    '`Get-ChildItem Env:*_proxy` (also of the machine: `[Environment]::GetEnvironmentVariables("Machine")`) beside `reg query ' +
    '"HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"`. In a capture: two addresses of proxies from one machine.',
  fix: 'Set both to the same proxy, or take away the one that nobody maintains; for services look at the machine’s variables and at the account’s settings.',
  refutedIf: 'Both programs use the same proxy.',
  alternatives: [],
  needs: [
    {
      says: 'a variable and a system setting with different proxies, and a request that failed by one of them while another program passed by the other',
      seen: (view) => harmful(view).flatMap(({ followed, ignored }) => [followed, ignored]),
    },
  ],
  find: (view) =>
    harmful(view).map(({ request, followed, ignored, other }) => ({
      about: `${request.client} ${followed.data.value}`,
      confidence: 'certain',
      why:
        `${request.client} goes by ${followed.data.name} (${followed.data.value}) and does not read ${ignored.data.name} ` +
        `(${ignored.data.value}); ${request.url} failed, and ${other?.client ?? ''} got it by ${other?.attempts[0]?.route ?? ''}.`,
      evidence: seqs(
        followed,
        ignored,
        request.routes,
        request.attempts[0]?.finished,
        request.finished,
        other && [other.routes, other.finished],
      ),
      explains: allOf(request),
    })),
});
