import { header } from '../../trace/view.ts';
import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

/** What the head of the answer promised, in bytes. */
const promised = ({ response }: Download): number =>
  Number(header(response?.data.headers ?? [], 'content-length') ?? Number.NaN);

const isCut = (download: Download): boolean =>
  download.response !== undefined &&
  download.response.data.length < promised(download) &&
  // Not by a client that lost patience.
  download.fetched.data.failure !== 'http.timeout';

export const pacTruncated = rule({
  id: 'pac-truncated',
  title: 'The proxy script is cut off on its way',
  severity: 'error',
  summary:
    'The head of the answer promises more bytes than arrive before the connection ends. Chromium drops such a body ' +
    '(ERR_CONTENT_LENGTH_MISMATCH); a client that takes it most likely meets a syntax error. It goes on without a ' +
    'proxy, silently.',
  confirm:
    'Follow the stream of GET /wpad.dat: `http.content_length` is larger than the body, and FIN comes early ' +
    '(`tcp.flags.fin==1`).',
  fix:
    'Compare the file on the server with what arrives: repair the web server, load balancer or inspector that cuts ' +
    'it, or the Content-Length that it writes by hand.',
  refutedIf: 'The body has as many bytes as Content-Length says.',
  alternatives: [],
  needs: [{ says: 'a script shorter than its Content-Length', seen: (view) => fetchedWhere(view, isCut) }],
  find: (view) =>
    downloadsWhere(view, isCut).map((download) => {
      const { client, url } = download.fetched.data;
      const sent = download.response?.data.length ?? 0;
      const why = `${url} promised ${client} ${promised(download)} bytes and sent ${sent}`;
      return blame(view, download, { why });
    }),
});
