import { endpoint } from '../../trace/dials.ts';
import { pick } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { inspectedTunnels, isUnknownIssuer, rejectedSubstitutes, wholeEvidence } from '../lost-certificates.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

const untrusted = (view: View): TunnelTls[] => rejectedSubstitutes(view).filter(isUnknownIssuer);

/** The address that a tunnel comes from. */
function machineOf(view: View, { reply }: TunnelTls): string | undefined {
  const [opened] = pick(view.onConnection(reply.response.data.conn), 'tcp.opened');
  return opened && endpoint(opened.data.from).ip;
}

function match(view: View, rejected: TunnelTls): Match[] {
  const { reply, client, shown } = rejected;
  const machine = machineOf(view, rejected);
  const other = inspectedTunnels(view).find(
    (tls) => tls.client.by !== client.by && tls.shown?.issuer === shown?.issuer && machineOf(view, tls) === machine,
  );
  if (!other || machine === undefined) return [];
  const evidence = wholeEvidence(rejected);
  return [
    {
      about: reply.proxy,
      confidence: 'likely',
      why:
        `On ${machine}, ${other.client.by} accepted a certificate issued by ${String(shown?.issuer)} for ${other.reply.host}, ` +
        `and ${client.by} rejected the same issuer for ${reply.host}: the root is known to one of them only.`,
      evidence: [...evidence, ...other.evidence],
      explains: evidence,
    },
  ];
}

export const tlsCaUserStoreOnly = rule({
  id: 'tls-ca-user-store-only',
  title: 'The inspector’s root is trusted by one program of the machine, not by the other',
  severity: 'error',
  summary:
    'The root was installed where one user, or one program, looks for it. The administrator’s browser opens every page, ' +
    'so the proxy seems fine; a service under another account reads the store of the machine and finds no such root.',
  confirm:
    'List both stores: `certutil -user -store Root` and `certutil -store Root`; the inspector’s root is in the first only. ' +
    'In a capture: `tls.handshake.type==11` shows the same issuer to both programs, `tls.alert_message` to one.',
  fix:
    'Exempt *.msappproxy.net and *.servicebus.windows.net from TLS inspection. For other hosts put the root into the store ' +
    'of the machine (`certutil -addstore Root`), and into that of programs that bring their own (Java, Python, Node, Firefox).',
  refutedIf: 'The machine’s store holds the root that the service rejects.',
  alternatives: [
    {
      id: 'cfg-tls-trust-bundle',
      tellApart:
        'The program that rejects it reads a list of its own (NODE_EXTRA_CA_CERTS, CURL_CA_BUNDLE, SSL_CERT_FILE, cacerts of Java): the machine’s store holds the root.',
    },
  ],
  needs: [
    { says: 'an untrusted certificate in a tunnel', seen: (view) => untrusted(view).map(({ client }) => client) },
    {
      says: 'a client that accepted the same issuer',
      seen: (view) => inspectedTunnels(view).map(({ client }) => client),
    },
  ],
  find: (view) => untrusted(view).flatMap((rejected) => match(view, rejected)),
});
