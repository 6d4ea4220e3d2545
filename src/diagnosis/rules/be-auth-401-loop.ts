import { header, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { visitsOf } from '../visits.ts';
import type { Visit } from '../visits.ts';

/** Documented: too many attempts; and 401 to a Kerberos ticket. */
const entries = [12_008, 13_022];

function match(view: View, { asked, answered, backend }: Visit): Match[] {
  const refused = view
    .between(asked.seq, answered.seq)
    .filter((event) => event.type === 'origin.response' && event.data.host === backend?.target.host)
    .filter((event) => event.type === 'origin.response' && isNegotiate(event.data));
  const logged = view
    .ofType('client.logged')
    .filter(({ seq, data }) => seq > asked.seq && seq < answered.seq && entries.includes(data.id));
  if (!backend || refused.length < 2 || logged.length === 0) return [];
  return [
    {
      about: backend.target.host,
      confidence: 'certain',
      why:
        `${backend.target.host} answered ${refused.length} requests with 401 and Negotiate, those with a ticket too; the ` +
        `connector logged ${logged.map(({ data }) => data.id).join(' and ')}.`,
      evidence: seqs(refused, logged, answered),
      explains: seqs(asked, answered, backend.events, backend.finished),
    },
  ];
}

const isNegotiate = ({
  status,
  headers,
}: {
  status: number;
  headers: readonly (readonly [string, string])[];
}): boolean => status === 401 && /\b(negotiate|kerberos)\b/i.test(header(headers, 'www-authenticate') ?? '');

export const beAuth401Loop = rule({
  id: 'be-auth-401-loop',
  title: 'The application answers 401 to the connector’s tickets as well',
  severity: 'error',
  summary:
    'Single sign-on by Kerberos: the connector asks for a ticket in the user’s name and shows it, and the application ' +
    'answers 401 again. The log has 13022 (a ticket was refused) and 12008 (too many attempts).',
  confirm:
    'Event log Microsoft/AadApplicationProxy/Connector/Admin, events 12008 and 13022; filter `http.response.code==401 || ' +
    'kerberos` between connector and application.',
  fix:
    'Check the SPN that the application is configured with against the account that its pool runs as, the delegation of the ' +
    'connector’s computer account to it, and that IIS uses the pool’s account for Kerberos (useAppPoolCredentials).',
  refutedIf: 'The same user gets 200 with Kerberos from the connector’s server, by the same name.',
  alternatives: [
    {
      id: 'be-kerberos-http2',
      tellApart:
        'It goes away when HTTP/2 is switched off in WinHTTP on the connector (EnableDefaultHTTP2 = 0, DWORD, under ' +
        'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\WinHttp).',
    },
  ],
  needs: [
    {
      says: 'an entry 12008 or 13022 in the connector’s log',
      seen: (view) => view.ofType('client.logged').filter(({ data }) => entries.includes(data.id)),
    },
  ],
  find: (view) => visitsOf(view).flatMap((visit) => match(view, visit)),
});
