/** Handshakes that ended with the ClientHello: refused by an alert, by an inspector or by the destination. */
import type { Confidence } from '../finding.ts';
import { requestsOf } from '../trace/requests.ts';
import { kept, pick, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { originTlsFailuresOf } from './origin-tls.ts';
import type { Match, Need } from './rule.ts';
import { tunnelTlsOf } from './tunnel-tls.ts';

interface RefusedHello {
  alert: string;
  /** Who refused whom: `proxy.corp.example:8080 refused the client`. */
  says: string;
  about: string;
  evidence: number[];
  explains: number[];
}

/** Every one that ended before a certificate was shown, in order. */
const refusedHellosOf = kept((view): readonly RefusedHello[] => [
  ...tunnelTlsOf(view).flatMap(({ reply, client, shown, intruder, evidence }) => {
    if (client.type !== 'tls.failed' || client.data.alert === null || shown || wantsCertificate(view, client.data.conn))
      return [];
    const after = seqs(reply.owner?.attempt.finished, reply.owner?.request.finished);
    const { host, port, proxy } = reply;
    return [
      {
        alert: client.data.alert,
        says: intruder
          ? `${proxy} ends TLS in the tunnel to ${host}:${port} itself, and refused the ClientHello of ${client.by}`
          : `In the tunnel to ${host}:${port} through ${proxy} the ClientHello of ${client.by} was refused`,
        about: intruder ? proxy : host,
        evidence: [...evidence, ...after],
        explains: [...seqs(client, intruder), ...after],
      },
    ];
  }),
  ...refusedDirectly(view),
  ...originTlsFailuresOf(view).flatMap(({ reply, logged, proxy, destination, alert, evidence }) => {
    if (alert === null || (destination?.data.code === 'tls.untrusted' && destination.data.peer === null)) return [];
    return [
      {
        alert,
        says: `${reply.host} refused the ClientHello of ${reply.proxy}, which dials it in the client’s place,`,
        about: reply.proxy,
        evidence,
        explains: seqs(
          reply.response,
          logged,
          proxy,
          destination,
          reply.owner?.attempt.finished,
          reply.owner?.request.finished,
        ),
      },
    ];
  }),
]);

/** Without any proxy: the destination itself. */
const refusedDirectly = (view: View): RefusedHello[] =>
  requestsOf(view).flatMap(({ attempts, target, finished }) =>
    attempts.flatMap((attempt) => {
      const tls = attempt.clientTls.at(-1);
      if (attempt.proxy || tls?.type !== 'tls.failed' || tls.data.alert === null || tls.data.peer) return [];
      if (tls.data.code !== 'tls.alert' || missedCertificate(view, tls.data.conn)) return [];
      return [
        {
          alert: tls.data.alert,
          says: `${target.host}:${target.port} refused the ClientHello of ${tls.by}, which dials it directly,`,
          about: target.host,
          evidence: seqs(tls, attempt.finished, finished),
          explains: seqs(tls, attempt.originTls, attempt.finished, finished),
        },
      ];
    }),
  );

const missedCertificate = (view: View, conn: number): boolean =>
  pick(view.onConnection(conn), 'tls.failed').some(
    ({ data }) => data.role === 'server' && data.code === 'tls.untrusted' && data.peer === null,
  );

/** The other end knows better than the alert: it missed the client's certificate. */
const wantsCertificate = (view: View, conn: number): boolean =>
  pick(view.onConnection(conn), 'proxy.tunnel')
    .flatMap(({ data }) =>
      pick([...view.onConnection(conn), ...view.onConnection(data.upstream ?? conn)], 'tls.failed'),
    )
    .some(({ data }) => data.role === 'server' && data.code === 'tls.untrusted' && data.peer === null);

const withAlert = (name: string) =>
  kept((view): readonly RefusedHello[] => refusedHellosOf(view).filter(({ alert }) => alert === name));

/** Need and matches of a rule about one alert; `so` completes the sentence of what happened. */
export function refusedWith(
  alert: string,
  so: string,
  confidence: Confidence = 'certain',
): { need: Need; find: (view: View) => Match[] } {
  const refused = withAlert(alert);
  return {
    need: {
      says: `a ClientHello that was refused with the alert ${alert}`,
      seen: (view) => refused(view).flatMap(({ evidence }) => view.event(evidence[0] ?? -1) ?? []),
    },
    find: (view) =>
      refused(view).map(({ says, about, evidence, explains }) => ({
        about,
        confidence,
        why: `${says} with the alert ${alert}: ${so}.`,
        evidence,
        explains,
      })),
  };
}
