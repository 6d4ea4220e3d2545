import { header, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { visitsOf } from '../visits.ts';
import type { Visit } from '../visits.ts';

function match(view: View, { asked, answered, backend }: Visit): Match[] {
  const [request] = backend?.ofType('origin.request') ?? [];
  const [response] = backend?.ofType('origin.response') ?? [];
  if (!backend || !request || !response || answered.data.status !== 400 || response.data.status === 400) return [];
  if (header(request.data.headers, 'upgrade') === undefined || response.data.status < 400) return [];
  const version = view.ofType('client.version').findLast(({ data }) => data.client === asked.data.client);
  return [
    {
      about: backend.target.host,
      confidence: version ? 'certain' : 'likely',
      why:
        `${backend.target.host} refused a WebSocket with ${response.data.status}, and the user saw 400` +
        (version ? `: the connector is ${version.data.installed}.` : '.'),
      evidence: seqs(request, response, answered, version),
      explains: seqs(asked, answered),
    },
  ];
}

export const beWebsocketErrorCode = rule({
  id: 'be-websocket-error-code',
  title: 'The connector reports 400 for a WebSocket that the application refused for another reason',
  severity: 'warning',
  summary:
    'Before 1.5.2846 a WebSocket that fails is reported as 400, whatever the application said. Who looks for a malformed ' +
    'request looks in the wrong place.',
  confirm:
    'Filter `http.upgrade && ip.addr==<address of the application>`: the answer to the upgrade has the true status. The ' +
    'connector’s version stands in Apps & features.',
  fix: 'Update the connector to 1.5.2846 or newer, and go by the application’s own status until then.',
  refutedIf: 'The application itself answers the upgrade with 400.',
  alternatives: [],
  needs: [
    {
      says: 'a user who saw 400 where the application said something else',
      seen: (view) => view.ofType('user.answered').filter(({ data }) => data.status === 400),
    },
  ],
  find: (view) => visitsOf(view).flatMap((visit) => match(view, visit)),
});
