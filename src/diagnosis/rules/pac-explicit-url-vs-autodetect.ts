import type { Alternative } from '../../finding.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { decisionOf } from '../../trace/discovery.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, pick, seqs } from '../../trace/view.ts';
import { sentBy } from '../evaluations.ts';
import { isShutOut } from '../programs.ts';
import { rule } from '../rule.ts';

interface Outvoted {
  setting: TraceEvent<'client.setting'>;
  detected: TraceEvent<'discovery.finished'>;
  script: TraceEvent<'pac.fetched'>;
  request: Request;
}

const isScriptSetting = ({ data }: TraceEvent<'client.setting'>): boolean =>
  /^(AutoConfigURL|.*scriptLocation)$/i.test(data.name) && data.overriddenBy === null && data.value !== '';

/** Requests that a discovered script decided, though another one is configured. */
const outvotedOf = kept((view): readonly Outvoted[] =>
  requestsOf(view).flatMap((request) => {
    const { searches, script, answered } = decisionOf(view, request);
    const detected = searches
      .flatMap(({ finished }) => finished ?? [])
      .find(({ data }) => data.source !== 'configured' && data.url !== null);
    const setting = pick(view.events, 'client.setting').findLast(
      (one) => one.data.client === request.client && one.seq < request.started.seq && isScriptSetting(one),
    );
    if (!setting || !detected || !script || !answered) return [];
    const found = script.data.url === detected.data.url && detected.data.url !== setting.data.value;
    return found ? [{ setting, detected, script, request }] : [];
  }),
);

const unfetchable: Alternative = {
  id: 'pac-url-file-scheme',
  tellApart: 'With detection off the client does not take this URL either: it fetches by http and https only.',
};

const wrongScript: Alternative = {
  id: 'select-direct-blocked',
  tellApart: 'The discovered script is the one that is meant to count: then its DIRECT is what is wrong.',
};

export const pacExplicitUrlVsAutodetect = rule({
  id: 'pac-explicit-url-vs-autodetect',
  title: 'Automatic detection goes before the configured proxy script',
  severity: 'warning',
  summary:
    'A script is configured by its URL, and automatic detection is on as well. Detection is tried first, and the ' +
    'configured URL only when it finds nothing: so whatever wpad serves decides, and the configured script is never ' +
    'fetched.',
  confirm:
    'Filter `http.request.uri contains "wpad.dat" || http.request.uri contains ".pac"`: GETs for the discovered ' +
    'script only. In Windows: “Automatically detect settings” is ticked beside “Use setup script”.',
  fix:
    'Untick “Automatically detect settings” for the account of the service (or autoDetect="false" in the .exe.config) ' +
    'where the configured script is meant to count; or let wpad serve the same script.',
  refutedIf: 'Both URLs lead to the same script.',
  alternatives: [unfetchable, wrongScript],
  needs: [
    {
      says: 'a configured script that gave way to a discovered one',
      seen: (view) => outvotedOf(view).map(({ setting }) => setting),
    },
  ],
  find: (view) =>
    outvotedOf(view).map(({ setting, detected, script, request }) => {
      const { client, value } = setting.data;
      return {
        about: `${client} ${value}`,
        confidence: 'certain',
        severity: request.finished?.data.error ? 'error' : 'warning',
        why:
          `${client} is told to use ${value}, but ${detected.data.url} was discovered first and decided ` +
          `${request.url}: ${request.routes?.data.routes.join('; ') ?? 'nothing'}.`,
        evidence: seqs(setting, detected, script, request.ofType('pac.answered'), request.routes, request.finished),
        alternatives: [
          ...(/^(file|ftp):/i.test(value) ? [unfetchable] : []),
          ...(isShutOut(request) ? [wrongScript] : []),
        ],
        explains: sentBy(request),
      };
    }),
});
