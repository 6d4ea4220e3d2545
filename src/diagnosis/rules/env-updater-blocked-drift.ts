import { sayDuration } from '../../duration.ts';
import type { TraceEvent } from '../../trace/events.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf } from '../candidates.ts';
import { hasFailed, nameOf, programsOf, sameMachine } from '../programs.ts';
import type { Program } from '../programs.ts';
import { rule } from '../rule.ts';
import { useOf } from '../service-hosts.ts';

const day = 86_400_000;

interface Drift {
  updater: Program;
  /** Each time that nobody could say which version is the newest. */
  asked: readonly TraceEvent<'client.version'>[];
  failed: readonly Request[];
  /** The connector reaches its service all the while. */
  connector: Program;
  works: Request;
}

const drifts = kept((view): readonly Drift[] =>
  programsOf(view).flatMap((updater) => {
    const asked = versionsOf(view, updater);
    const span = (asked.at(-1)?.at ?? 0) - (asked[0]?.at ?? 0);
    const failed = updater.requests.filter(hasFailed);
    if (asked.some(({ data }) => data.offered !== null) || span < day || failed.length < asked.length) return [];
    return programsOf(view)
      .filter((other) => other.client !== updater.client && sameMachine(other, updater))
      .flatMap((connector) => {
        const works = connector.requests.findLast(
          ({ ok, target }) => ok && useOf(target.host, target.port) === 'service',
        );
        return works && works.started.seq > (asked[0]?.seq ?? 0) ? [{ updater, asked, failed, connector, works }] : [];
      })
      .slice(-1);
  }),
);

const versionsOf = (view: View, { client, started, until }: Program): TraceEvent<'client.version'>[] =>
  view.ofType('client.version').filter(({ seq, data }) => data.client === client && seq > started.seq && seq < until);

export const envUpdaterBlockedDrift = rule({
  id: 'env-updater-blocked-drift',
  title: 'The updater never reaches the service, and the connector grows old',
  severity: 'error',
  summary:
    'The connector works, so nobody looks at the updater: another service, under another account, with a configuration of its ' +
    'own. Where it is not let out, the version stays as it was installed, until it is no longer supported.',
  confirm:
    'Compare the version of the connector’s program with the list of releases. While the service ' +
    '“Microsoft Entra private network connector updater” starts, filter `http.request.method=="CONNECT" || http.response.code>=400 || ' +
    '(tcp.analysis.retransmission && tcp.flags.syn==1)` (Message Analyzer: `(https.Request or https.Response) and tcp.port==8080`, ' +
    'and `property.TCPSynRetransmit`): SYNs or CONNECTs that come to nothing, beside the connector’s own that work.',
  fix:
    'Let the updater out as the connector is: the same proxy in its own file, ApplicationProxyConnectorUpdaterService.exe.config, *.msappproxy.net:443, the same rule on firewall and proxy for its account (SYSTEM) ' +
    'and program; then restart it. Until it works, install the newest version by hand.',
  refutedIf: 'The updater got an answer from the service in the same days.',
  alternatives: [],
  needs: [
    {
      says: 'an updater that asked in vain for a day or longer, beside a connector that reaches its service',
      seen: (view) => drifts(view).flatMap(({ asked, works }) => [...asked, works.started]),
    },
  ],
  find: (view) =>
    drifts(view).map(({ updater, asked, failed, connector, works }) => {
      const span = sayDuration((asked.at(-1)?.at ?? 0) - (asked[0]?.at ?? 0));
      const [first] = failed;
      return {
        about: updater.client,
        confidence: 'certain',
        why:
          `${nameOf(updater)} asked ${asked.length} times in ${span} which version is the newest and got nowhere ` +
          `(${first?.finished?.data.error?.text ?? 'no answer'}); ${asked[0]?.data.installed ?? 'the version'} stays, while ${nameOf(connector)} reached ${works.target.host}.`,
        evidence: seqs(
          asked,
          first?.routes,
          first?.attempts[0]?.finished,
          first?.finished,
          works.routes,
          works.finished,
        ),
        explains: failed.flatMap(allOf),
      };
    }),
});
