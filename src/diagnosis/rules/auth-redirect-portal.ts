import { header } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { effectsOf, storyOf } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const portal = (view: View): Reply[] => repliesOf(view).filter(({ status }) => status === 511);

export const authRedirectPortal = rule({
  id: 'auth-redirect-portal',
  title: 'The network wants somebody to sign in on a web page',
  severity: 'error',
  summary:
    'The proxy answers with 511 (RFC 6585 6) and a page to sign in on. Browsers can show it; a service cannot, and no client ' +
    'follows such an answer to CONNECT.',
  confirm: `Filter ${connectFilter(511)}. Portals that redirect instead show as 302 to CONNECT.`,
  fix: 'Exempt the connector’s machine from the portal by its address (or MAC), for 443 and 80.',
  refutedIf: 'The same CONNECT gets 511 after somebody has signed in from this machine.',
  alternatives: [],
  needs: [{ says: 'a 511', seen: (view) => events(portal(view)) }],
  find: (view) =>
    portal(view).map((reply) => {
      const page = /https?:\/\/[^\s"'<>]+/.exec(header(reply.response.data.headers, 'link') ?? '')?.[0];
      return {
        about: reply.proxy,
        confidence: 'certain',
        why:
          `${reply.proxy} answered ${reply.method} ${reply.host}:${reply.port} with 511 Network Authentication Required` +
          `${page === undefined ? '' : ` and names ${page}`}: somebody would have to sign in on a page.`,
        evidence: storyOf(reply),
        explains: effectsOf(reply),
      };
    }),
});
