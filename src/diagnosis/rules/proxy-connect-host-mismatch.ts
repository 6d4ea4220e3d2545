import { header, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { connectFilter } from '../filters.ts';
import { events, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const hostOf = ({ request }: Reply): string | undefined => header(request?.data.headers ?? [], 'host');

/** 409, or Squid's page for it, to a CONNECT whose Host is not its target. */
const conflicts = (view: View): Reply[] =>
  tunnelReplies(view).filter(
    (reply) =>
      (reply.status === 409 || reply.page === 'ERR_CONFLICT_HOST') &&
      hostOf(reply)?.toLowerCase() !== reply.response.data.target.toLowerCase(),
  );

export const proxyConnectHostMismatch = rule({
  id: 'proxy-connect-host-mismatch',
  title: 'The proxy wants Host to be what CONNECT names',
  severity: 'error',
  summary:
    'The proxy compares the Host field with the target of CONNECT, port included, and refuses a difference with 409 ' +
    '(Squid: host_verify_strict). .NET Framework sends Host without “:443”, so it is refused where browsers pass.',
  confirm: `Filter ${connectFilter(409)} and compare the line CONNECT with the field Host of the same request.`,
  fix: 'On the proxy, do not compare Host strictly for the connector’s machine (Squid: host_verify_strict off, its default).',
  refutedIf: 'A request whose Host equals its target is refused as well.',
  alternatives: [],
  needs: [{ says: 'a 409 to a CONNECT whose Host is not its target', seen: (view) => events(conflicts(view)) }],
  find: (view) =>
    conflicts(view).map((reply) => ({
      about: reply.proxy,
      confidence: 'certain',
      why:
        `${reply.proxy} answered CONNECT ${reply.response.data.target} with ${reply.status}: the request says ` +
        `${hostOf(reply) === undefined ? 'no Host' : `Host: ${String(hostOf(reply))}`}.`,
      evidence: reply.evidence,
      explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
    })),
});
