import type { Alternative } from '../../finding.ts';
import type { View } from '../../trace/view.ts';
import { anonymousTunnels, effectsOf, isChallenge, saidIn, sameProxy, unanswered } from '../challenges.ts';
import { inMessageAnalyzer } from '../filters.ts';
import { events, isRelayed, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { useOf } from '../service-hosts.ts';
import { silencesFor } from '../silences.ts';

const isForCertificates = ({ host, port }: Reply): boolean =>
  ['certificates', 'trust'].includes(useOf(host, port) ?? '');

/** Where every CONNECT is challenged too, that is the cause. */
const everythingAsked = (view: View, reply: Reply): boolean =>
  unanswered(view).some((other) => sameProxy(other, reply)) &&
  !anonymousTunnels(view).some((other) => sameProxy(other, reply));

const challenged = (view: View): Reply[] =>
  repliesOf(view).filter(
    (reply) =>
      isChallenge(reply) &&
      saidIn(reply) === undefined &&
      reply.method !== 'CONNECT' &&
      !isRelayed(reply) &&
      isForCertificates(reply) &&
      !everythingAsked(view, reply),
  );

/** Without a tunnel that was opened for nothing, the proxy may ask everybody for everything. */
function certainty(view: View, reply: Reply): Pick<Match, 'confidence' | 'alternatives'> {
  if (anonymousTunnels(view).some((other) => sameProxy(other, reply))) return { confidence: 'certain' };
  return { confidence: 'likely', alternatives: [everything, ...silencesFor(reply)] };
}

const everything: Alternative = {
  id: 'auth-407-connect',
  tellApart: 'CONNECT through this proxy is answered with 407 as well: nobody is exempt, on no port.',
};

export const auth407OnCrl = rule({
  id: 'auth-407-on-crl',
  title: 'The proxy asks for credentials before it gives out revocation lists',
  severity: 'error',
  summary:
    'CryptoAPI fetches revocation lists and OCSP answers by plain http on port 80, with WinHTTP’s own proxy settings and ' +
    'nobody’s credentials. Usually the tunnels on 443 are exempt from authentication, and these requests are not.',
  confirm:
    `Filter \`http.response.code==407 && tcp.port==8080\` ${inMessageAnalyzer}, with the port of your proxy: the answered request ` +
    'is a GET to a certificate host. On the server: `certutil -url http://crl3.digicert.com/DigiCertGlobalRootG2.crl`; WinHTTP’s ' +
    'error for a revocation check without an answer is 12057.',
  fix:
    'Exempt 80/HTTP to crl3.digicert.com, crl4.digicert.com, ocsp.digicert.com, crl.microsoft.com, oneocsp.microsoft.com and ' +
    'ocsp.msocsp.com from authentication for the connector’s machine, as 443 is.',
  refutedIf: 'The same URL is answered with a list when the same account fetches it.',
  alternatives: [everything],
  needs: [{ says: 'a 407 to a request for a certificate host', seen: (view) => events(challenged(view)) }],
  find: (view) =>
    challenged(view).map((reply) => ({
      about: reply.proxy,
      ...certainty(view, reply),
      why: `${reply.proxy} answered ${reply.method} ${reply.response.data.target} with 407: whoever verifies a certificate by ${reply.host} gets nothing.`,
      evidence: reply.evidence,
      explains: effectsOf(reply),
    })),
});
