/** Settings from XML fragments or from a spelled-out spec, and a chooser asked about a URL. */
import { readFileSync } from 'node:fs';

import { chooserFor, clientSettings, settingsSpec } from '../../src/settings/index.ts';
import type { Choice, ClientSettings, Reader, SettingsFile } from '../../src/settings/index.ts';

export const fixture = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

export const configuration = (inside: string): string =>
  `<?xml version="1.0" encoding="utf-8" ?>\n<configuration>\n${inside}\n</configuration>\n`;

/** A configuration file whose `<system.net>` holds this; its first line is line 4. */
export const netConfig = (inside: string, file = 'Service.exe.config'): SettingsFile => ({
  file,
  text: configuration(`<system.net>\n${inside}\n</system.net>`),
});

export function settings(spec: unknown, files: SettingsFile[] = [], reader: Partial<Reader> = {}): ClientSettings {
  return clientSettings(settingsSpec.parse(spec), files, {
    identity: 'network-service',
    program: 'connector',
    ...reader,
  });
}

export function choose(chooser: string, of: ClientSettings, url = 'https://tenant.msappproxy.net/'): Choice {
  return chooserFor(chooser).choose(of, {
    url,
    host: new URL(url).hostname.replace(/^\[|\]$/g, ''),
    machineSuffix: 'corp.example',
    machineIps: ['10.20.0.10'],
  });
}
