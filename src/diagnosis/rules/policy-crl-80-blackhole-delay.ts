import { eventsOf, failedFetches, wayOut } from '../certificate-fetches.ts';
import { rule } from '../rule.ts';
import type { View } from '../../trace/view.ts';

const silent = (view: View) =>
  failedFetches(view).filter(({ use, outcome }) => use === 'certificates' && outcome === 'silent');

export const policyCrl80BlackholeDelay = rule({
  id: 'policy-crl-80-blackhole-delay',
  title: 'Port 80 to the certificate hosts is dropped, and each check waits',
  severity: 'error',
  summary:
    'The machine gets out directly on 443, but SYNs to the certificate hosts on port 80 are dropped, not refused. Each ' +
    'verification waits for its whole limit before it goes on or fails, so everything is slow and nothing says why.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.flags.syn==1 && tcp.dstport==80` (Message Analyzer: ' +
    '`property.TCPSynRetransmit`): repeated SYNs beside TLS handshakes on 443 that stall.',
  fix:
    'Let the firewall pass TCP 80 to crl3.digicert.com, crl4.digicert.com, ocsp.digicert.com, crl.microsoft.com, ' +
    'oneocsp.microsoft.com and ocsp.msocsp.com; where that may not be, reject instead of dropping.',
  refutedIf: 'A SYN-ACK from one of these hosts on port 80 is in the capture.',
  alternatives: [
    {
      id: 'policy-crl-80-blocked',
      tellApart: 'The refusal is silent only here: elsewhere on the way it is RST or 403.',
    },
  ],
  needs: [
    {
      says: 'a SYN to a certificate host on port 80 that was never answered, or a request that a proxy never answered',
      seen: (view) => eventsOf(view, silent(view)),
    },
    {
      says: 'a connection of the same machine that opened, the same way',
      seen: (view) => silent(view).flatMap(({ url }) => wayOut(view, url).flatMap((seq) => view.event(seq) ?? [])),
    },
  ],
  find: (view) =>
    silent(view).flatMap(({ url, by, says, evidence, explains }) => {
      const out = wayOut(view, url);
      if (out.length === 0) return [];
      return [
        {
          about: by,
          confidence: 'certain',
          why: `${says}, while the same machine gets out on another port${by === 'the network' ? '' : ' by the same proxy'}.`,
          evidence: [...out, ...evidence],
          explains,
          ...(by === 'the network'
            ? {}
            : {
                fix: `Let ${by} itself get out on TCP 80 to the certificate hosts: a firewall behind it drops its SYNs.`,
              }),
          alternatives: [],
        },
      ];
    }),
});
