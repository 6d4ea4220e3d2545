import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import { definesOnlyEx } from '../script-text.ts';
import { rule } from '../rule.ts';

export const pacExOnlyEntrypoint = rule({
  id: 'pac-ex-only-entrypoint',
  title: 'The script defines FindProxyForURLEx only, which this client does not call',
  severity: 'error',
  summary:
    'FindProxyForURLEx is Microsoft’s name for IPv6-aware scripts. WinHTTP and what stands on it call it; Chromium, ' +
    'Firefox and all others look for FindProxyForURL and find nothing, so services use the proxy and browsers do not.',
  confirm: 'The file holds `function FindProxyForURLEx` and no `function FindProxyForURL(`.',
  fix: 'Add function FindProxyForURL(url, host), which may call the Ex function or hold the same rules without Ex helpers.',
  refutedIf: 'The file defines FindProxyForURL as well.',
  alternatives: [],
  needs: [
    {
      says: 'a script without the entry function',
      seen: (view) => view.ofType('pac.failed').filter(({ data }) => data.name === 'NoEntryPoint'),
    },
  ],
  find: (view) =>
    evaluationsOf(view)
      .filter(({ failed, text }) => failed?.data.name === 'NoEntryPoint' && definesOnlyEx(text))
      .map((evaluation) => {
        const others = evaluationsOf(view).filter(
          ({ loaded, answered }) =>
            loaded?.data.sha256 === evaluation.loaded?.data.sha256 && answered?.data.failedOpen === false,
        );
        const [other] = others;
        const but = other ? `, while ${other.client} ${sayRoute(other)}` : '';
        const why = `The script defines FindProxyForURLEx only: ${evaluation.client} ${sayRoute(evaluation)}${but}.`;
        return scriptMatch([evaluation, ...others.slice(0, 1)], { confidence: 'certain', why });
      }),
});
