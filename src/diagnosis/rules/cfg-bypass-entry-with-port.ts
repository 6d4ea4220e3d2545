import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { exceptionsOf, fixedProxyOf, names } from '../bypass-lists.ts';
import type { Exception } from '../bypass-lists.ts';
import { sentBy } from '../evaluations.ts';
import { rule } from '../rule.ts';

interface Missed {
  request: Request;
  exception: Exception;
  /** Another program with the same list that went direct. */
  other: Request | undefined;
}

const means = ({ entry }: Exception, { target }: Request): boolean =>
  new RegExp(`:${target.port}$`).test(entry) && names(entry, target.host);

const missed = kept((view): readonly Missed[] =>
  requestsOf(view).flatMap((request) => {
    const proxied = request.attempts[0]?.proxy != null && fixedProxyOf(view, request) !== undefined;
    const exception = proxied && exceptionsOf(view, request.client).find((one) => means(one, request));
    return exception ? [{ request, exception, other: whoHeeds(view, request, exception) }] : [];
  }),
);

const whoHeeds = (view: View, { client, target }: Request, { entry }: Exception): Request | undefined =>
  requestsOf(view).find(
    (one) =>
      one.client !== client &&
      one.target.host === target.host &&
      one.target.port === target.port &&
      one.attempts[0]?.route === 'DIRECT' &&
      exceptionsOf(view, one.client).some((same) => same.entry === entry),
  );

export const cfgBypassEntryWithPort = rule({
  id: 'cfg-bypass-entry-with-port',
  title: 'An entry of the bypass list with a port is not heeded',
  severity: 'warning',
  summary:
    '.NET (Core) keeps the port of an entry such as app.corp.example:8443 and compares the whole with the bare host, so it ' +
    'never matches. .NET Framework, WinHTTP and Chromium read the port and match. The same list sends one program direct and the other to the proxy.',
  confirm:
    'The proxy’s log has requests for the host and port of the entry, and the client sends no SYN there. ' +
    '`reg query "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings" /v ProxyOverride` shows the entry.',
  fix: 'List the host without its port.',
  refutedIf: 'The URL has another port than the entry, or a script decides.',
  alternatives: [],
  needs: [
    {
      says: 'an entry with the host and port of a request that went to the fixed proxy',
      seen: (view) => missed(view).map(({ exception }) => exception.setting),
    },
  ],
  find: (view) =>
    missed(view).map(({ request, exception: { setting, entry }, other }) => ({
      about: `${request.client} ${entry}`,
      severity: request.ok ? 'warning' : 'error',
      confidence: other ? 'certain' : 'likely',
      why:
        `${setting.data.name} of ${request.client} has "${entry}", and ${request.url} went by ${request.attempts[0]?.route ?? ''}` +
        `${other ? `, while ${other.client} went direct by the same list` : ''}.`,
      evidence: seqs(
        setting,
        request.routes,
        request.attempts[0]?.finished,
        request.finished,
        other && [other.routes, other.finished],
      ),
      explains: sentBy(request),
    })),
});
