import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { perhapsItsOwn, rejectedSubstitutes, wholeEvidence } from '../lost-certificates.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

const outdated = (view: View): TunnelTls[] =>
  rejectedSubstitutes(view).filter(({ client }) => client.type === 'tls.failed' && client.data.code === 'tls.expired');

const clockSkew = {
  id: 'env-clock-skew',
  tellApart: 'The dates are good and the client’s own clock is wrong: `w32tm /stripchart /computer:time.windows.com`.',
};

/** Who finds other certificates good has a clock that is right enough. */
const hasGoodClock = (view: View, { client }: TunnelTls): boolean =>
  view.ofType('tls.established').some(({ by, data }) => by === client.by && data.role === 'client');

function match(view: View, tls: TunnelTls): Match {
  const { reply, client, shown, substituted } = tls;
  const isSure = substituted === true && hasGoodClock(view, tls);
  return {
    about: reply.proxy,
    // Without sight of the destination's own certificate nobody can say whose this one is.
    confidence: substituted !== true ? 'possible' : isSure ? 'certain' : 'likely',
    alternatives: [...(isSure ? [] : [clockSkew]), ...(substituted === true ? [] : [perhapsItsOwn])],
    why:
      `In the tunnel to ${reply.host}:${reply.port} ${reply.proxy} showed a certificate of ${String(shown?.issuer)} that is ` +
      `valid from ${String(shown?.notBefore)} to ${String(shown?.notAfter)}; the client found it out of its dates.`,
    evidence: wholeEvidence(tls),
    explains: seqs(client, reply.owner?.attempt.finished, reply.owner?.request.finished),
  };
}

export const tlsSubstituteExpired = rule({
  id: 'tls-substitute-expired',
  title: 'The inspector’s certificate is out of its dates',
  severity: 'error',
  summary:
    'The proxy’s substitute, not the destination’s certificate, has ended or has not begun: one that was kept too long, a ' +
    'wrong clock on the proxy, or the dates of the destination’s own copied into it.',
  confirm:
    'Filter `tls.handshake.type==11 || tls.alert_message.desc==45` in the tunnel and compare notBefore and notAfter with ' +
    'the clocks of both machines.',
  fix: 'On the proxy, empty the store of substitute certificates, set the clock and check the dates of the signing CA; or exempt the destination from inspection.',
  refutedIf:
    'The client’s own clock is wrong (`w32tm /stripchart /computer:time.windows.com`), or the destination’s own certificate has ended.',
  alternatives: [clockSkew, perhapsItsOwn],
  needs: [
    {
      says: 'a substitute certificate out of its dates',
      seen: (view) => outdated(view).map(({ client }) => client),
    },
  ],
  find: (view) => outdated(view).map((tls) => match(view, tls)),
});
