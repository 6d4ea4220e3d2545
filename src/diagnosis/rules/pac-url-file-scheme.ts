import { pick } from '../../trace/view.ts';
import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

const isUnfetched = ({ fetched }: Download): boolean =>
  fetched.data.conn === null &&
  /^(file|ftp):/i.test(fetched.data.url) &&
  // Not every client that gets nothing from such a URL would not ask.
  (fetched.data.reason?.startsWith('fetches no ') ?? false);

export const pacUrlFileScheme = rule({
  id: 'pac-url-file-scheme',
  title: 'The proxy script is named by a URL that the client does not fetch',
  severity: 'error',
  summary:
    'The setting names the script by a file: or ftp: URL. WinHTTP, and with it .NET Framework, takes http and https ' +
    'only (error 12006), Chromium as well; Firefox reads files. Clients go on without a proxy, silently.',
  confirm:
    'No packet goes to the host of the script: filter `smb2 || ftp || http.request.uri contains "pac"`. The setting ' +
    'itself: AutoConfigURL under HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings, or ' +
    'scriptLocation in the .exe.config.',
  fix: 'Put the script on a web server and name it by an http URL in the setting.',
  refutedIf: 'The client is one that reads files, such as Firefox, or an older Windows with the legacy switch set.',
  alternatives: [],
  needs: [{ says: 'a script by a file: or ftp: URL', seen: (view) => fetchedWhere(view, isUnfetched) }],
  find: (view) =>
    downloadsWhere(view, isUnfetched).map((download) => {
      const { client, url } = download.fetched.data;
      const setting = pick(view.events, 'client.setting').filter(
        ({ data }) => data.client === client && data.value === url && data.overriddenBy === null,
      );
      const [named] = setting;
      const where = named ? ` (${named.data.name})` : '';
      const why = `${client} is told to use ${url}${where}, and fetches no such URL`;
      return blame(view, download, { why, evidence: setting });
    }),
});
