import { pick } from '../../trace/view.ts';
import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

const isUntrusted = ({ fetched }: Download): boolean =>
  /^tls\.(untrusted|weak|expired|name)$/.test(fetched.data.failure ?? '');

const reasons: Record<string, string> = {
  'tls.untrusted': 'does not trust its issuer',
  'tls.weak': 'finds its key or signature too weak',
  'tls.expired': 'finds it out of its dates',
  'tls.name': 'does not find the host’s name in it',
};

export const pacHttpsUntrusted = rule({
  id: 'pac-https-untrusted',
  title: 'The proxy script’s HTTPS host shows a certificate that the client does not accept',
  severity: 'error',
  summary:
    'The script is fetched by https, and its host’s certificate is not accepted. There is no prompt and no message: ' +
    'clients go on without a proxy. For this fetch Chromium shows no client certificate either and asks no ' +
    'revocation server.',
  confirm:
    'Filter `tls.alert_message || tls.handshake.type==11` to the host of the script: its certificate, then the ' +
    'client’s alert (unknown_ca, certificate_expired) or FIN, and no GET.',
  fix:
    'Serve the script by http; or put the issuing root into the store of the machine (not of one user), renew the ' +
    'certificate, and name the host in it as the URL does.',
  refutedIf: 'The same handshake from the same account succeeds.',
  alternatives: [],
  needs: [
    { says: 'a script host whose certificate was not accepted', seen: (view) => fetchedWhere(view, isUntrusted) },
  ],
  find: (view) =>
    downloadsWhere(view, isUntrusted).map((download) => {
      const { client, url, conn, failure } = download.fetched.data;
      const ends = conn === null ? [] : pick(view.onConnection(conn), 'tls.failed');
      const shown = ends.find(({ data }) => data.role === 'client')?.data.peer;
      const what = shown ? `a certificate issued by ${shown.issuer}` : 'a certificate';
      const why = `${client} asked for ${url}, was shown ${what}, and ${reasons[failure ?? ''] ?? 'did not accept it'}`;
      return blame(view, download, { why, evidence: ends, explains: ends });
    }),
});
