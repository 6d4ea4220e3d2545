/** One file as a customer sends it: told by its name and content, read into the layers it holds. */
import { InputError } from '../failure.ts';
import { decodeText } from './decode.ts';
import { parseExeConfig } from './exe-config.ts';
import type { ExeConfig, NetshSettings, PolicySettings, RegistryValue, Setting, SystemSettings } from './layers.ts';
import { problemAt } from './source.ts';
import type { SourceText } from './source.ts';
import type { Product } from './spec.ts';

/** A file that the caller has read: its name, and its text or bytes. */
export type SettingsFile = { file: string } & ({ text: string } | { bytes: Uint8Array });

export type Imported =
  | { role: 'service-config' | 'updater-config'; product: Product | null; config: ExeConfig }
  | { role: 'machine-config'; config: ExeConfig }
  | { role: 'registry'; registry: ImportedRegistry }
  | { role: 'netsh'; netsh: NetshSettings }
  | { role: 'environment'; environment: ReadonlyMap<string, Setting<string>> };

export interface ImportedRegistry {
  accounts: ReadonlyMap<string, SystemSettings>;
  perMachine: SystemSettings | undefined;
  policy: Partial<PolicySettings>;
  backendFlags: readonly RegistryValue[];
  netsh: NetshSettings | undefined;
}

/** Throws InputError when the file cannot be read, or is of no kind we know. */
export function importFile(file: SettingsFile): Imported {
  const source: SourceText = { file: file.file, text: 'text' in file ? file.text : decodeText(file.bytes) };
  const name = /[^/\\]*$/.exec(file.file)?.[0] ?? '';
  if (/\.config$/i.test(name) || source.text.trimStart().startsWith('<')) return configFile(name, source);
  throw new InputError([
    problemAt(source, `'${name}' is no settings file that is known here`, 0, 'known: .exe.config, machine.config'),
  ]);
}

function configFile(name: string, source: SourceText): Imported {
  const config = parseExeConfig(source);
  if (/^machine.*\.config$/i.test(name)) return { role: 'machine-config', config };
  return { role: /updater/i.test(name) ? 'updater-config' : 'service-config', product: productOf(name), config };
}

/** The build, as the file's name tells it; null when it does not. */
function productOf(name: string): Product | null {
  if (/PrivateNetworkConnector/i.test(name)) return 'entra-private-network';
  return /ApplicationProxyConnector/i.test(name) ? 'azure-ad-app-proxy' : null;
}
