/** The settings of one client: the files it imports, and what is spelled out. */
import { versionNote } from '../client/programs/index.ts';
import type { Actor } from '../client/program.ts';
import type { ClientSpec } from '../client/spec.ts';
import { clientSettings } from '../settings/index.ts';
import type { ClientSettings } from '../settings/index.ts';

/** Throws InputError with every file that cannot be read; files that are missing are left out. */
export function clientSettingsOf(spec: ClientSpec, files: ReadonlyMap<string, Uint8Array>): ClientSettings {
  const { program } = spec;
  const note = program && versionNote(program);
  return clientSettings(spec.settings, importsOf(spec, files), {
    identity: spec.identity ?? null,
    program: program?.kind ?? null,
    ...(note === undefined ? {} : { withoutBackendFlag: note }),
  });
}

/** What another caller on the same machine reads: the same machine, its own account, no file of the program. */
export function actorSettingsOf(
  spec: ClientSpec,
  { identity }: Pick<Actor, 'identity'>,
  files: ReadonlyMap<string, Uint8Array>,
): ClientSettings {
  const own = spec.identity ?? 'user';
  const { system, ...settings } = spec.settings;
  const accounts = { ...settings.accounts, ...(system ? { [own]: { ...settings.accounts[own], ...system } } : {}) };
  return clientSettings({ ...settings, accounts }, importsOf(spec, files), {
    identity: identity ?? own,
    program: 'other',
  });
}

const importsOf = (spec: ClientSpec, files: ReadonlyMap<string, Uint8Array>) =>
  spec.settings.import.flatMap((file) => {
    const bytes = files.get(file);
    return bytes ? [{ file, bytes }] : [];
  });
