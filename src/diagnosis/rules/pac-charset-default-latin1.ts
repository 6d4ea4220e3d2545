import { kept } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { blame, downloadsOf } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { evaluationsOf } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { rule } from '../rule.ts';

interface TwoReadings {
  narrow: Download;
  wide: Download;
}

const charsetOf = ({ loaded }: Download): string => loaded?.data.charset ?? '';

/** The same bytes, one text for one client and a shorter one for another. */
const twoReadings = kept((view): readonly TwoReadings[] =>
  downloadsOf(view)
    .filter((one) => charsetOf(one) === 'iso-8859-1' && !/charset/i.test(one.fetched.data.type ?? ''))
    .flatMap((narrow) => {
      const wide = downloadsOf(view).find(
        (other) =>
          charsetOf(other) === 'utf-8' &&
          other.loaded?.data.sha256 === narrow.loaded?.data.sha256 &&
          other.loaded?.data.length !== narrow.loaded?.data.length,
      );
      return wide ? [{ narrow, wide }] : [];
    }),
);

/** The requests that a client decided by this reading of the script. */
const decidedBy = (view: View, { loaded }: Download): readonly Evaluation[] =>
  evaluationsOf(view).filter((one) => loaded !== undefined && one.loaded === loaded);

export const pacCharsetDefaultLatin1 = rule({
  id: 'pac-charset-default-latin1',
  title: 'The proxy script says no charset, and clients read it differently',
  severity: 'warning',
  summary:
    'The script is UTF-8 with characters beyond ASCII, and its Content-Type names no charset. Chromium takes it for ' +
    'ISO-8859-1, where such a character is two or three; Firefox reads it as UTF-8. Whatever compares or counts these ' +
    'characters gives other routes.',
  confirm:
    'Filter `http.content_type contains "proxy" && !(http.content_type contains "charset")` behind GET /wpad.dat, and ' +
    'bytes above 7f in the body.',
  fix: 'Keep the script in plain ASCII (write ö as \\u00f6), or serve it with charset=utf-8.',
  refutedIf: 'Every byte of the body is ASCII.',
  alternatives: [],
  needs: [
    {
      says: 'a script that two clients read in two charsets',
      seen: (view) => twoReadings(view).map(({ narrow }) => narrow.fetched),
    },
  ],
  find: (view) =>
    twoReadings(view).map(({ narrow, wide }) => {
      const [left, right] = [narrow.fetched.data, wide.fetched.data];
      const misled = decidedBy(view, narrow);
      const said = [...misled, ...decidedBy(view, wide)].map(({ answered }) => answered);
      const failed = misled.some(({ request }) => request.finished?.data.error !== null);
      const why =
        `${left.client} reads ${left.url} as ISO-8859-1 (${narrow.loaded?.data.length} characters), ` +
        `${right.client} as UTF-8 (${wide.loaded?.data.length})`;
      return blame(view, narrow, {
        why,
        severity: failed ? 'error' : 'warning',
        evidence: [wide.fetched, wide.loaded, ...said],
        explains: [narrow.loaded, ...misled.flatMap(({ request }) => [request.started, ...request.events])],
      });
    }),
});
