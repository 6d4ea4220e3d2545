import type { TraceEvent } from '../../trace/events.ts';
import { atLine, evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import { rule } from '../rule.ts';

/** Ends of a script that are no exception of its own. */
const others = /^(NotAString|NotAscii|NoEntryPoint|TimeLimit|MemoryLimit|StackLimit|ERR_\w+)$/;

const isThrown = ({ data }: TraceEvent<'pac.failed'>): boolean => data.phase === 'call' && !others.test(data.name);

export const pacRuntimeThrow = rule({
  id: 'pac-runtime-throw',
  title: 'The proxy script raises an error for this URL',
  severity: 'error',
  summary:
    'The script loads and serves most URLs, but runs into an exception for some. Clients then go DIRECT for those and ' +
    'keep the script; .NET Framework does not even count it as a failed script, so nothing is logged.',
  confirm:
    '`paclab pac eval wpad.dat <url>` with the URL that fails names the line. In the capture other hosts go to the ' +
    'proxy while `tcp.flags.syn==1 && tcp.dstport==443` shows SYNs straight to this one.',
  fix: 'Guard the expression at the line named: look a key up before its property is read, test dnsResolve for null.',
  refutedIf: 'The same script answers the same URL without an error in that client’s own evaluator.',
  alternatives: [],
  needs: [{ says: 'a script that raised an error', seen: (view) => view.ofType('pac.failed').filter(isThrown) }],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { failed, client, request } = evaluation;
      if (!failed || !isThrown(failed)) return [];
      const { name, message } = failed.data;
      const what = message === '' || message === name ? name : `${name}: ${message}`;
      const why = `The script raised ${what}${atLine(failed)} for ${request.url}; ${client} ${sayRoute(evaluation)}.`;
      return [scriptMatch([evaluation], { confidence: 'certain', why })];
    }),
});
