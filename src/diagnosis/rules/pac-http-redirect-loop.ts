import { blame } from '../downloads.ts';
import { rule } from '../rule.ts';
import { circlesOf } from '../script-redirects.ts';

export const pacHttpRedirectLoop = rule({
  id: 'pac-http-redirect-loop',
  title: 'The proxy script is redirected in a circle',
  severity: 'error',
  summary:
    'The address of the script redirects to itself, over one or more others. Browsers give up after some twenty ' +
    'redirects (Chromium: ERR_TOO_MANY_REDIRECTS, -310) and go on without a proxy, silently.',
  confirm: 'Filter `http.response.code>=300 && http.response.code<400`: the same Location comes again and again.',
  fix:
    'Serve the script at one of the addresses, with 200. The usual cause: one server sends to https and the other, ' +
    'behind a TLS terminator, back to http; or wpad and the server’s own name send to each other.',
  refutedIf: 'Following the redirects by hand ends at a script.',
  alternatives: [],
  needs: [
    {
      says: 'a script URL that redirects to itself',
      seen: (view) => circlesOf(view).map(({ last }) => last.fetched),
    },
  ],
  find: (view) =>
    circlesOf(view).map(({ last, chain }) => {
      const urls = [...new Set(chain.map(({ fetched }) => fetched.data.url))];
      const why = `${last.fetched.data.client} followed ${chain.length - 1} redirects in a circle: ${urls.join(' → ')} → …`;
      // Once around: the rest is more of the same.
      const evidence = chain
        .slice(0, urls.length + 1)
        .flatMap(({ request, response, fetched }) => [request, response, fetched]);
      return blame(view, last, { why, evidence, alike: chain });
    }),
});
