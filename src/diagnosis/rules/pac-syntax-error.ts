import { ownScript } from '../script.ts';
import { seqs } from '../../trace/view.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { downloadsOf } from '../downloads.ts';
import { fellOpenOf, scriptFault } from '../fail-open.ts';
import { rule } from '../rule.ts';

/** A page in place of a script is another cause: see the type of the download. */
const isMistake = ({ data }: TraceEvent<'pac.failed'>): boolean => data.phase === 'load' && data.name === 'SyntaxError';

export const pacSyntaxError = rule({
  id: 'pac-syntax-error',
  title: 'The proxy script is not valid JavaScript',
  severity: 'error',
  summary:
    'The script arrives but cannot be parsed. .NET Framework takes that for a completed lookup without a proxy: every ' +
    'URL goes direct, and no exception says so.',
  confirm:
    'In the capture GET /wpad.dat is answered with 200, and then SYNs go straight to port 443 of the service. ' +
    '`paclab pac lint wpad.dat` names line and column.',
  fix: 'Correct the script at the line and column named, check it with `paclab pac lint`, restart the connector service.',
  refutedIf: 'The body that the client got parses: the mistake would then be in another copy of the script.',
  alternatives: [
    { id: 'pac-smart-quotes', tellApart: 'The place named holds a typographic quotation mark.' },
    { id: 'pac-truncated', tellApart: 'The body ends early: compare its length with the file on the server.' },
    {
      id: 'pac-modern-js',
      tellApart: 'The place named is let, const, an arrow or a template: browsers accept the file.',
    },
  ],
  needs: [{ says: 'a script with a syntax error', seen: (view) => view.ofType('pac.failed').filter(isMistake) }],
  find: (view) =>
    view
      .ofType('pac.failed')
      .filter(isMistake)
      .flatMap((failed) => {
        const { client, request, message, line, column } = failed.data;
        const script = ownScript(view, failed);
        if (/html/i.test(script?.data.type ?? '')) return [];
        // The same text may come again, and nobody tries it again.
        const copies = new Set(
          downloadsOf(view).flatMap(({ broken, fetched }) => (broken === failed ? [fetched] : [])),
        );
        const fell = fellOpenOf(view).filter(
          (one) =>
            (one.request.client === client && one.request.started.data.request === request) ||
            one.decision.downloads.some((download) => copies.has(download)),
        );
        const { then, ...rest } = scriptFault(view, seqs(script, failed), fell);
        const place = line === null ? '' : ` at line ${line}${column === null ? '' : `, column ${column}`}`;
        const url = script?.data.url ?? 'the script';
        return [
          { ...rest, about: url, confidence: 'certain', why: `${url} has a mistake${place} (${message})${then}.` },
        ];
      }),
});
