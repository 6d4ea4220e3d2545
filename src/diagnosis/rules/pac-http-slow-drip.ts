import { sayDuration } from '../../duration.ts';
import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

/** Lab time from the head of the answer to the client's word on the whole, in milliseconds. */
const took = ({ fetched, response }: Download): number => (response ? fetched.at - response.at : 0);

/** A body on a local network that takes longer is no longer fetched, it trickles. */
const noticeable = 5_000;

const isSlow = (download: Download): boolean =>
  download.response?.data.status === 200 &&
  (download.fetched.data.failure === 'http.timeout' || took(download) >= noticeable);

export const pacHttpSlowDrip = rule({
  id: 'pac-http-slow-drip',
  title: 'The proxy script arrives too slowly',
  severity: 'error',
  summary:
    'The host of the script answers at once, but the body trickles. Until it is there every request of the client ' +
    'waits; Chromium gives up after 30 s in all and goes on without a proxy.',
  confirm:
    'Filter `http.response.code==200 && http.content_type contains "proxy"` and follow the stream: the head, then ' +
    'small segments seconds apart.',
  fix: 'Repair the web server or what throttles it: a script is some kilobytes, and is served in milliseconds.',
  refutedIf: 'The last byte of the body follows the head within a second.',
  alternatives: [],
  needs: [{ says: 'a script whose body took long', seen: (view) => fetchedWhere(view, isSlow) }],
  find: (view) =>
    downloadsWhere(view, isSlow).map((download) => {
      const { client, url, accepted } = download.fetched.data;
      const end = accepted ? 'had the whole of it' : 'gave up';
      const why = `${url} began to answer ${client} at once; ${sayDuration(took(download))} later it ${end}`;
      // Who has the whole of it goes on with the script; what comes then is not of the wait.
      return blame(view, download, { why, harmless: accepted });
    }),
});
