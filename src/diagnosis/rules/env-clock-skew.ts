import { sayDuration } from '../../duration.ts';
import type { CertificateView, TraceEvent } from '../../trace/events.ts';
import { header, kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { ownersOf } from '../../trace/requests.ts';
import { rule } from '../rule.ts';

type Answer = TraceEvent<'origin.response' | 'http.response' | 'proxy.response'>;

interface Skewed {
  failed: TraceEvent<'tls.failed'>;
  shown: CertificateView;
  /** What tells the true date: an answer with a Date, or somebody who accepted the same certificate. */
  witness: Answer | TraceEvent<'tls.established'>;
  says: string;
}

const skewedOnes = kept((view): readonly Skewed[] =>
  view.ofType('tls.failed').flatMap((failed): Skewed[] => {
    const { role, code, peer } = failed.data;
    if (role !== 'client' || code !== 'tls.expired' || !peer || failed.by.startsWith('proxy:')) return [];
    const accepted = acceptedBy(view, failed, peer);
    if (accepted)
      return [{ failed, shown: peer, witness: accepted, says: `${accepted.by} accepted the same certificate` }];
    const dated = datedAnswer(view, failed, peer);
    return dated ? [{ failed, shown: peer, ...dated }] : [];
  }),
);

const acceptedBy = (view: View, { by, data }: TraceEvent<'tls.failed'>, peer: CertificateView) =>
  view
    .ofType('tls.established')
    .find(
      (event) =>
        event.data.role === 'client' &&
        event.by !== by &&
        event.data.serverName === data.serverName &&
        event.data.peer?.issuer === peer.issuer &&
        event.data.peer.notBefore === peer.notBefore,
    );

/** A day of slack: who answers has a clock of its own. */
function datedAnswer(view: View, failed: TraceEvent<'tls.failed'>, peer: CertificateView) {
  for (const witness of [...view.ofType('origin.response'), ...view.ofType('http.response')]) {
    const date = header(witness.data.headers, 'date');
    const then = date === undefined ? Number.NaN : Date.parse(date) + failed.at - witness.at;
    if (then >= Date.parse(peer.notBefore) && then <= Date.parse(peer.notAfter))
      return { witness, says: `${witness.data.host} says it is ${String(date)}` };
  }
  return undefined;
}

export const envClockSkew = rule({
  id: 'env-clock-skew',
  title: 'The machine’s own clock is wrong, so certificates seem out of their dates',
  severity: 'error',
  summary:
    'A certificate that others accept, and whose dates hold, is refused as expired or not yet valid: the clock of this ' +
    'machine is behind or ahead. Kerberos fails in the same way, beyond five minutes.',
  confirm:
    '`w32tm /stripchart /computer:time.windows.com /samples:3` on the machine. Filter `tls.handshake.type==11 || ' +
    'tcp.flags.fin==1 || tcp.flags.reset==1`: the client ends the connection right after the certificate (TLS 1.3 shows it with the ' +
    'session’s keys only); some say why, with `tls.alert_message.desc==45` (certificate_expired). Compare notBefore and notAfter with the Date of any http ' +
    'answer (`http.date`).',
  fix: 'Set the clock and let it be kept (`w32tm /resync`; in a virtual machine see which of host and domain keeps it), then restart the service.',
  refutedIf: 'The machine’s clock agrees with the Date of the answers: then the certificate is out of its dates.',
  alternatives: [],
  needs: [
    {
      says: 'a certificate that a client finds out of its dates, though it is not',
      seen: (view) => skewedOnes(view).map(({ failed }) => failed),
    },
  ],
  find: (view) =>
    skewedOnes(view).map(({ failed, shown, witness, says }) => {
      const owner = ownersOf(view).get(failed.seq);
      const life = sayDuration(Date.parse(shown.notAfter) - Date.parse(shown.notBefore));
      return {
        about: failed.by,
        confidence: witness.type === 'tls.established' ? 'certain' : 'likely',
        why: `${failed.by} refused the certificate of ${failed.data.serverName ?? 'the destination'} for its dates (${shown.notBefore} to ${shown.notAfter}, ${life}), and ${says}.`,
        evidence: seqs(failed, witness, owner?.attempt.finished, owner?.request.finished),
        explains: seqs(failed, owner?.attempt.events, owner?.request.finished),
      };
    }),
});
