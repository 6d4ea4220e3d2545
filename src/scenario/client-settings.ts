/** The settings of one client: the files it imports, and what is spelled out. */
import type { ClientSpec } from '../client/spec.ts';
import { clientSettings } from '../settings/index.ts';
import type { ClientSettings } from '../settings/index.ts';

/** Throws InputError with every file that cannot be read; files that are missing are left out. */
export function clientSettingsOf(spec: ClientSpec, files: ReadonlyMap<string, Uint8Array>): ClientSettings {
  const imported = spec.settings.import.flatMap((file) => {
    const bytes = files.get(file);
    return bytes ? [{ file, bytes }] : [];
  });
  const program = spec.program?.kind === 'connector' ? 'connector' : null;
  return clientSettings(spec.settings, imported, { identity: spec.identity ?? null, program });
}
