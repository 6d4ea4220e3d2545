import { seqs } from '../../trace/view.ts';
import { looksIn } from '../captures.ts';
import { rule } from '../rule.ts';

export const diagCaptureMissedStart = rule({
  id: 'diag-capture-missed-start',
  title: 'The capture begins after the service had started',
  severity: 'warning',
  summary:
    'Connections stand in the first packets and none begins: what the service does at its start (the search for a proxy, the ' +
    'first SYNs, CONNECT and its status, the handshakes) was over. Whoever looks for it finds nothing, and that proves nothing.',
  confirm:
    'Filter `tcp.flags.syn==1` (Message Analyzer: `TCP.Flags.Syn == true`): nothing of the connector is shown, while ' +
    '`tcp.port==443 || tcp.port==8080` has packets from the first one on.',
  fix:
    'In services.msc stop the Microsoft Entra application proxy Connector service. Start the capture as an administrator, ' +
    'then start the service; stop the capture only when the error has shown. For the updater do the same with its service.',
  refutedIf: 'The service was started while the capture ran, and on another interface than the one that was captured.',
  alternatives: [],
  needs: [
    {
      says: 'a capture in which connections stand that it did not see begin',
      seen: (view) => looksIn(view).filter(({ data }) => data.standing.length > 0),
    },
  ],
  find: (view) =>
    looksIn(view)
      .filter(({ data: { standing, begun } }) => standing.length > 0 && begun === 0)
      .map((look) => {
        const { standing, firstStanding, packets } = look.data;
        const where = firstStanding === null ? '' : `, the first from packet ${firstStanding} on`;
        return {
          about: look.file ?? '',
          confidence: 'certain',
          why: `Of ${packets} packets none begins a connection; to ${standing.join(', ')} they stand already${where}.`,
          evidence: seqs(look),
        };
      }),
});
