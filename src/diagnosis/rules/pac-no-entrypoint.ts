import { atLine, evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { definesOnlyEx, isMarkup } from '../script-text.ts';
import { rule } from '../rule.ts';

/** A page or nothing at all in place of a script is another cause, and so is a script for another client. */
const isNameless = ({ failed, text }: Evaluation): boolean =>
  failed?.data.name === 'NoEntryPoint' && text.trim() !== '' && !isMarkup(text) && !definesOnlyEx(text);

export const pacNoEntrypoint = rule({
  id: 'pac-no-entrypoint',
  title: 'The script has no function FindProxyForURL',
  severity: 'error',
  summary:
    'The file is valid JavaScript, but the function that clients call is missing or spelled otherwise. Chromium refuses ' +
    'such a file, Firefox fails at every call; all go DIRECT.',
  confirm: 'Search the file for `function FindProxyForURL(`: capitals count, and so does every letter.',
  fix: 'Name the function FindProxyForURL, exactly so, at the top level of the file: not const, let or a member.',
  refutedIf: 'The body that this client got does define FindProxyForURL at its top level.',
  alternatives: [],
  needs: [
    {
      says: 'a script without the entry function',
      seen: (view) => view.ofType('pac.failed').filter(({ data }) => data.name === 'NoEntryPoint'),
    },
  ],
  find: (view) =>
    evaluationsOf(view)
      .filter(isNameless)
      .map((evaluation) => {
        const { failed, loaded, client, text } = evaluation;
        const near = /\bfindproxyfor\w*/i.exec(text)?.[0];
        const hint = near === undefined ? '' : `; the nearest name in it is ${near}`;
        const place = failed ? atLine(failed) : '';
        const url = loaded?.data.url ?? 'The script';
        const why = `${url} defines no FindProxyForURL${place}${hint}; ${client} ${sayRoute(evaluation)}.`;
        return scriptMatch([evaluation], { confidence: 'certain', why });
      }),
});
