/** WinINET: the settings of the account with discovery and script. It sees neither netsh nor `.exe.config`. */
import type { Chooser } from '../choice.ts';
import { fromAccount } from './winhttp.ts';

export const winInet: Chooser = {
  name: 'wininet',
  summary: 'WinINET: the settings of the account, whatever netsh says.',
  choose: (settings, destination) => fromAccount(settings, destination, 'the settings of the account'),
};
