import { seqs } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { fakedTunnels } from '../tunnel-tls.ts';

export const policyFake200ThenBlock = rule({
  id: 'policy-fake-200-then-block',
  title: 'The proxy says 200 and shows its block page inside the tunnel',
  severity: 'error',
  summary:
    'To have room for a page, the proxy grants the CONNECT that it forbids, and answers TLS itself with a certificate of its ' +
    'own. A person with a browser may see the page; a service sees a certificate error and no word of a block.',
  confirm:
    'After CONNECT 200, filter `tls.handshake.type==11`: the certificate is the proxy’s, often for its own name. The proxy’s log has the ' +
    'request as blocked, and a capture behind the proxy has no connection to the destination.',
  fix: 'Allow the destination on the proxy by name and port: *.msappproxy.net and *.servicebus.windows.net on 443, without inspection.',
  refutedIf: 'A capture behind the proxy shows its connection to the destination: then TLS is inspected, not blocked.',
  alternatives: [],
  needs: [
    {
      says: 'a handshake of the proxy itself in a tunnel that leads nowhere',
      seen: (view) => fakedTunnels(view).map(({ client }) => client),
    },
  ],
  find: (view) =>
    fakedTunnels(view).map(({ reply, shown, evidence }) => ({
      about: `${reply.host} at ${reply.proxy}`,
      confidence: 'certain',
      why:
        `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with ${reply.status}, opened no connection there, and showed a ` +
        `certificate of its own${shown ? ` (${shown.subject}, issued by ${shown.issuer})` : ''}.`,
      fix: `On ${reply.proxy} allow ${reply.host}:${reply.port}, without inspection.`,
      evidence: [...evidence, ...seqs(reply.owner?.attempt.finished, reply.owner?.request.finished)],
      explains: [...evidence, ...seqs(reply.owner?.attempt.events, reply.owner?.request.finished)],
    })),
});
