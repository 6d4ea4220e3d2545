import { serviceFile, updaterFile } from '../product-files.ts';
import { unreadFiles } from '../unread-files.ts';
import { rule } from '../rule.ts';

export const cfgOldPathAfterRename = rule({
  id: 'cfg-old-path-after-rename',
  title: 'The file of the other product name was edited',
  severity: 'error',
  summary:
    'The connector was renamed, and its folder, file and registry key with it. An upgraded machine may have both; a build reads ' +
    'the one of its own name, and what was written under the other does nothing.',
  confirm:
    'services.msc shows the path of the program that runs: the file that counts lies beside it and has its name with ' +
    '.config. A capture shows that the proxy of the edited file is not used.',
  fix: `Make the change in the file of the build that runs: ${serviceFile}; for the updater ${updaterFile}. Registry: HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Microsoft Entra private network connector instead of …\\Microsoft Azure AD App Proxy Connector. Restart both services.`,
  refutedIf: 'The program that runs has the name of the edited file.',
  alternatives: [],
  ...unreadFiles(
    'a file of another product name, and a program that went wrong without it',
    /^product$/,
    'belongs to a build of another name',
  ),
});
