import type { TraceEvent } from '../../trace/events.ts';
import { seqs } from '../../trace/view.ts';
import { atLine, evaluationsOf, sayRoute, scriptMatch, twinsOf } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { rule } from '../rule.ts';
import { ownScript } from '../script.ts';

const isUnreadable = ({ data }: TraceEvent<'pac.failed'>): boolean =>
  data.phase === 'load' && data.name === 'SyntaxError';

export const pacModernJs = rule({
  id: 'pac-modern-js',
  title: 'The script uses newer JavaScript than this client knows',
  severity: 'error',
  summary:
    'WinHTTP runs scripts in JScript, which knows no let, const, arrow functions or templates. The file is fine in every ' +
    'browser, while Windows services get a script error (12166) and go DIRECT, .NET Framework without a word.',
  confirm:
    'The browser uses the proxy, the service on the same machine does not; `paclab pac lint wpad.dat` names the place.',
  fix: 'Write the script in the JavaScript of 1999: var, function, string addition, indexOf.',
  refutedIf: 'The place named is a mistake in any edition of the language.',
  alternatives: [{ id: 'pac-syntax-error', tellApart: 'Browsers refuse the same file too.' }],
  needs: [{ says: 'a script with a syntax error', seen: (view) => view.ofType('pac.failed').filter(isUnreadable) }],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { failed, client } = evaluation;
      if (!failed || !isUnreadable(failed)) return [];
      const reader = twinsOf(view)
        .find((both) => both.includes(evaluation) && both.some(({ answered }) => answered?.data.failedOpen === false))
        ?.find((one) => one !== evaluation);
      const word = modernWordAt(evaluation);
      if (!reader && word === undefined) return [];
      const what = word === undefined ? failed.data.message : `"${word}"`;
      const but = reader ? `, while ${reader.client} reads the same file and ${sayRoute(reader)}` : '';
      const why = `${client} does not know ${what}${atLine(failed)} and ${sayRoute(evaluation)}${but}.`;
      const explains = seqs(ownScript(view, failed));
      const both = reader ? [evaluation, reader] : [evaluation];
      return [scriptMatch(both, { confidence: reader ? 'certain' : 'likely', why, explains })];
    }),
});

/** What stands at the place of the mistake, when it is newer than ECMAScript 5. */
function modernWordAt({ failed, text }: Evaluation): string | undefined {
  const { line, column } = failed?.data ?? { line: null, column: null };
  if (line === null || column === null) return undefined;
  const rest = text.split('\n')[line - 1]?.slice(column - 1) ?? '';
  return /^(?:const\b|let\b|class\b|async\b|=>|`|\.\.\.|\?\.|\?\?)/.exec(rest)?.[0];
}
