/** The file that SSLKEYLOGFILE names: secrets of TLS connections, for the captures beside it. */
import type { Format } from '../format.ts';
import { isKeyLog } from '../layers/keys.ts';
import { textOf } from '../text.ts';

export const keyLog: Format = {
  name: 'key-log',
  summary: 'NSS key log (SSLKEYLOGFILE)',
  unit: 'secrets',
  fits: isKeyLog,
  read: async (source, { capture }) => capture.keys.add(await textOf(source, 'a key log')),
};
