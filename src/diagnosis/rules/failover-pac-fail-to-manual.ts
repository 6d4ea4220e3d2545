import { proxyOf, requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs, settingsOf } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf, sayAttempts } from '../candidates.ts';
import { rule } from '../rule.ts';
import { lostScript } from '../without-script.ts';
import type { LostScript } from '../without-script.ts';

interface Manual {
  request: Request;
  route: string;
  lost: LostScript;
}

/** The script failed, and a fixed proxy of the settings carried on. */
const manualsOf = kept((view): readonly Manual[] =>
  requestsOf(view).flatMap((request) => {
    const route = request.attempts[0]?.route ?? '';
    const lost = proxyOf(route) ? lostScript(view, request) : undefined;
    return lost ? [{ request, route, lost }] : [];
  }),
);

/** The setting that names this proxy. */
function settingFor(view: View, { request, route }: Manual) {
  const { host, port } = proxyOf(route) ?? { host: '', port: 0 };
  return [...(settingsOf(view).get(request.client)?.values() ?? [])].find(
    ({ data }) => data.overriddenBy === null && data.value.includes(`${host}:${port}`),
  );
}

export const failoverPacFailToManual = rule({
  id: 'failover-pac-fail-to-manual',
  title: 'The script cannot be had, and a forgotten fixed proxy takes over',
  severity: 'warning',
  summary:
    'Behind discovery and script stands the fixed proxy of the same settings. When the script cannot be fetched or run, ' +
    'Chromium, .NET Framework and WinHTTP go by that one: traffic appears at a proxy that nobody has thought of for ' +
    'years, or fails there.',
  confirm:
    'The capture has a failed GET of the script, then connections to the old proxy. `reg query ' +
    '"HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"` shows ProxyEnable 1 and ProxyServer.',
  fix:
    'Repair the script’s download (the evidence shows how it fails), and clear ProxyServer of the account that the ' +
    'program runs as, or set it to a proxy that may serve in its place.',
  refutedIf: 'The script was fetched and names this proxy itself.',
  alternatives: [],
  needs: [
    {
      says: 'a request by a fixed proxy, after the script could not be had',
      seen: (view) => manualsOf(view).flatMap(({ request }) => request.routes ?? []),
    },
  ],
  find: (view) =>
    manualsOf(view).map((manual) => {
      const { request, route, lost } = manual;
      const setting = settingFor(view, manual);
      const from = setting ? ` of ${setting.data.name}` : '';
      const then = request.ok ? '' : `; ${sayAttempts(request.attempts)}`;
      return {
        about: `${request.client} ${route}`,
        severity: request.ok ? 'warning' : 'error',
        confidence: 'certain',
        why: `${lost.says}, so ${request.client} went by ${route}${from}${then}.`,
        evidence: seqs(setting, lost.evidence, request.routes, request.attempts[0]?.finished, request.finished),
        explains: [...lost.explains, ...allOf(request)],
      };
    }),
});
