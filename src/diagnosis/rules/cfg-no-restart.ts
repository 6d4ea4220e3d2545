import { seqs } from '../../trace/view.ts';
import { sayAttempts } from '../candidates.ts';
import { bySetting, editsOf, hasFailed, nameOf, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';

export const cfgNoRestart = rule({
  id: 'cfg-no-restart',
  title: 'The settings were edited, and the program has not been started again since',
  severity: 'error',
  summary:
    'A .NET program reads its .config files once, when it starts. What is edited afterwards does nothing until the service ' +
    'is restarted, so the old way is taken on and the edit seems to be wrong.',
  confirm:
    'The file is younger than the process: compare its date with `Get-Process <name> | select StartTime`. Filter ' +
    '`http.request.method=="CONNECT" || (tcp.flags.syn==1 && tcp.flags.ack==0 && tcp.port==443)` (Message Analyzer: ' +
    '`(https.Request or https.Response) and tcp.port==8080`, and `property.TCPSynRetransmit`): after the edit it still shows the old ' +
    'proxy, or the old direct SYNs.',
  fix:
    'Restart the service in services.msc (“Microsoft Entra private network connector”, “… connector updater”; older: ' +
    '“Microsoft AAD Application Proxy Connector”, “… Connector Updater”), with the capture running: it reads its .exe.config at its start only.',
  refutedIf: 'The process is younger than the file.',
  alternatives: [],
  ...bySetting(
    'an edit of settings after the start of a program, and a request that failed later',
    { says: 'an edit of settings', seen: (view) => view.ofType('settings.edited') },
    (program, view) => {
      const edits = editsOf(view, program);
      const [first, last] = [edits[0], edits.at(-1)];
      const requests = program.requests.filter(
        (request) => hasFailed(request) && request.started.seq > (last?.seq ?? Infinity),
      );
      const [failed] = requests;
      if (!first || !last || !failed) return [];
      const { name, value } = (edits.find(({ data }) => data.what === 'new') ?? first).data;
      const what = `${placeOf(first)}: ${name} ${value}`;
      return [
        {
          settings: [],
          requests,
          also: seqs(program.started, edits),
          why:
            `${nameOf(program)} has been running since before its settings were edited (${what}), and goes by the former ones: ` +
            `${failed.attempts.length > 0 ? sayAttempts(failed.attempts) : 'no route'} for ${failed.target.host}.`,
          match: { confidence: 'likely' },
        },
      ];
    },
  ),
});
