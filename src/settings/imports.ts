/** One file as a customer sends it: told by its name and content, read into the layers it holds. */
import { InputError } from '../failure.ts';
import { decodeText } from './decode.ts';
import { isEnvironment, parseEnvironment } from './environment.ts';
import { parseExeConfig } from './exe-config.ts';
import type { ExeConfig, NetshSettings, Setting } from './layers.ts';
import { isNetsh, parseNetsh } from './netsh.ts';
import { isReg } from './reg.ts';
import { parseRegistry } from './registry.ts';
import type { ImportedRegistry } from './registry.ts';
import { problemAt } from './source.ts';
import type { SourceText } from './source.ts';
import type { Product } from './spec.ts';

/** A file that the caller has read: its name, and its text or bytes. */
export type SettingsFile = { file: string } & ({ text: string } | { bytes: Uint8Array });

export type Imported =
  | { role: 'service-config' | 'updater-config'; product: Product | null; config: ExeConfig }
  | { role: 'machine-config'; bits: 32 | null; config: ExeConfig }
  | { role: 'registry'; registry: ImportedRegistry }
  | { role: 'netsh'; netsh: NetshSettings }
  | { role: 'environment'; environment: ReadonlyMap<string, Setting<string>> };

/** Throws InputError when the file cannot be read, or is of no kind we know. */
export function importFile(file: SettingsFile): Imported {
  const source: SourceText = { file: file.file, text: 'text' in file ? file.text : decodeText(file.bytes) };
  const name = /[^/\\]*$/.exec(file.file)?.[0] ?? '';
  if (/\.config$/i.test(name) || source.text.trimStart().startsWith('<')) return configFile(name, source);
  if (/\.reg$/i.test(name) || isReg(source.text)) return { role: 'registry', registry: parseRegistry(source) };
  if (isEnvironment(source.text)) return { role: 'environment', environment: parseEnvironment(source) };
  if (isNetsh(source.text)) return { role: 'netsh', netsh: parseNetsh(source) };
  throw new InputError([
    problemAt(
      source,
      `'${name}' is no settings file that is known here`,
      0,
      'known: .exe.config, machine.config, .reg, output of netsh winhttp show proxy or show advproxy, output of set',
    ),
  ]);
}

function configFile(name: string, source: SourceText): Imported {
  const config = parseExeConfig(source);
  if (/^machine.*\.config$/i.test(name)) {
    const bits = /(?:^|[\\/])Framework[\\/]/i.test(source.file) ? 32 : null;
    return { role: 'machine-config', bits, config };
  }
  return { role: /updater/i.test(name) ? 'updater-config' : 'service-config', product: productOf(name), config };
}

/** The build, as the file's name tells it; null when it does not. */
function productOf(name: string): Product | null {
  if (/PrivateNetworkConnector/i.test(name)) return 'entra-private-network';
  return /ApplicationProxyConnector/i.test(name) ? 'azure-ad-app-proxy' : null;
}
