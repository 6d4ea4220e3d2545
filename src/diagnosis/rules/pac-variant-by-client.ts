import { kept } from '../../trace/view.ts';
import { blame } from '../downloads.ts';
import { rule } from '../rule.ts';
import { isSamePlace, isSameQuestion, sayAgent, servedOf } from '../script-visits.ts';
import type { Served } from '../script-visits.ts';

interface Variants {
  first: Served;
  other: Served;
  again: Served;
}

/**
 * One asker gets the same content twice, and in between another, by the same name, gets another content: so it did not
 * change in the meantime, and the name is not the difference.
 */
const variantsOf = kept((view): readonly Variants[] =>
  servedOf(view).flatMap((other, index) => {
    const differs = (one: Served): boolean =>
      isSamePlace(one, other) && one.host === other.host && one.agent !== other.agent && one.sha256 !== other.sha256;
    const first = servedOf(view).slice(0, index).find(differs);
    const again = servedOf(view)
      .slice(index + 1)
      .find((one) => first !== undefined && isSameQuestion(one, first) && one.sha256 === first.sha256);
    return first && again ? [{ first, other, again }] : [];
  }),
);

export const pacVariantByClient = rule({
  id: 'pac-variant-by-client',
  title: 'The web server gives different clients different proxy scripts',
  severity: 'warning',
  summary:
    'By the User-Agent field, or by the address of who asks, the server gives out another script. The fetch of .NET ' +
    'Framework has no User-Agent at all: what a browser on the same machine shows is not what the service got.',
  confirm:
    'Filter `http.request.uri contains "wpad.dat"` and compare the answers by `http.user_agent` and by address. By ' +
    'hand, as the service asks: `curl -H "User-Agent:" http://wpad.<suffix>/wpad.dat`.',
  fix: 'Serve one script to everybody and let it decide by host and URL; or test with the header fields of the service.',
  refutedIf: 'Both clients get the same bytes when they ask at the same time.',
  alternatives: [],
  needs: [
    {
      says: 'two contents of one URL for two clients, one of them before and after the other',
      seen: (view) =>
        variantsOf(view).flatMap(({ first, other, again }) => [first, other, again].map(({ response }) => response)),
    },
  ],
  find: (view) =>
    variantsOf(view).map(({ first, other, again }) => {
      const bytes = (one: Served): string =>
        `${one.download.fetched.data.bytes} bytes to ${one.download.fetched.data.client} (${sayAgent(one.agent)})`;
      const why = `${other.download.fetched.data.url} is ${bytes(first)}, before and after it was ${bytes(other)}`;
      const evidence = [first, again].flatMap(({ request, response, download }) => [
        request,
        response,
        download.fetched,
        download.loaded,
      ]);
      return blame(view, other.download, { why, evidence });
    }),
});
