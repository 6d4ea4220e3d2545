/**
 * Everybody on a connector's machine who chooses a proxy, asked one after the other: what each would use, and why. The
 * point is that they read different layers, and that right settings for one leave another without.
 */
import type { Choice } from './choice.ts';
import { chooserFor } from './choosers/index.ts';
import { importFile } from './imports.ts';
import type { Imported, SettingsFile } from './imports.ts';
import type { ClientSettings, LayerName } from './layers.ts';
import { clientSettings } from './merge.ts';
import type { Reader } from './merge.ts';
import { buildOf } from './product.ts';
import type { Build } from './product.ts';
import { settingsSpec } from './spec.ts';
import type { Product } from './spec.ts';

interface Asker {
  name: string;
  chooser: string;
  reader: Reader;
  /** What it asks for, unless a URL is given. */
  url: (suffix: string) => string;
  /** Asked only where the files hold something for it. */
  when?: (imported: readonly Imported[]) => boolean;
}

const service: Reader = { identity: 'network-service', program: 'connector' };
const updater: Reader = { identity: 'system', program: 'updater' };
const verifier: Reader = { identity: 'network-service', program: 'other' };
const person: Reader = { identity: 'user', program: 'other' };

const cloud = (): string => 'https://tenant.msappproxy.net/';
const revocation = (): string => 'http://crl3.digicert.com/';
const variables = (imported: readonly Imported[]): boolean =>
  imported.some(
    (file) => file.role === 'environment' || (file.role === 'registry' && file.registry.environment.size > 0),
  );

const askers: readonly Asker[] = [
  { name: 'connector service, to its cloud service', chooser: 'system-net', reader: service, url: cloud },
  {
    name: 'connector service, to a backend application',
    chooser: 'backend',
    reader: service,
    url: (suffix) => `http://app.${suffix}/`,
  },
  { name: 'updater service', chooser: 'system-net', reader: updater, url: cloud },
  { name: 'certificate checks (CryptoAPI by WinHTTP)', chooser: 'winhttp', reader: verifier, url: revocation },
  { name: 'certificate checks, older Windows', chooser: 'winhttp-legacy', reader: verifier, url: revocation },
  { name: 'a person’s programs (WinINET)', chooser: 'wininet', reader: person, url: cloud },
  { name: 'curl', chooser: 'curl', reader: person, url: cloud, when: variables },
  { name: 'Node with proxy-from-env', chooser: 'node', reader: person, url: cloud, when: variables },
];

export interface Answer {
  asker: string;
  chooser: string;
  identity: string;
  url: string;
  choice: Choice;
  /** The way in words: `PROXY a:8080`, `script by WPAD, else DIRECT`. */
  way: string;
}

export interface Survey {
  files: readonly { file: string; role: Imported['role'] }[];
  /** Which build is taken to run there, and what tells it; null when nothing does. */
  build: Build | null;
  answers: readonly Answer[];
  /** Ways, each with those who take it; one entry when all agree. */
  ways: readonly { way: string; askers: readonly string[] }[];
}

export interface SurveyOptions {
  /** Asked of everybody instead of what each usually asks for. */
  url?: string;
  /** The machine's primary DNS suffix. */
  suffix?: string;
  /** Which build runs there; any, unless given. */
  product?: Product;
}

/** Throws InputError with every file that cannot be used. */
export function survey(files: readonly SettingsFile[], { url, suffix, product }: SurveyOptions = {}): Survey {
  const spec = settingsSpec.parse(product ? { product } : {});
  const machineSuffix = suffix ?? 'corp.example';
  // Reads all of them, so that all mistakes come at once.
  clientSettings(spec, files, person);
  const imported = files.map(importFile);
  const answers = askers
    .filter(({ when }) => when?.(imported) ?? true)
    .map(({ name, chooser, reader, url: usual }): Answer => {
      const asked = url ?? usual(machineSuffix);
      const host = new URL(asked).hostname.replace(/^\[|\]$/g, '');
      const destination = { url: asked, host, machineSuffix, machineIps: [] };
      const settings = clientSettings(spec, files, reader);
      const choice = withUnread(chooserFor(chooser).choose(settings, destination), chooser, settings);
      return {
        asker: name,
        chooser,
        identity: reader.identity ?? 'user',
        url: asked,
        choice,
        way: sayWay(choice, chooser),
      };
    });
  return {
    files: files.map(({ file }, index) => ({ file, role: imported[index]?.role ?? 'registry' })),
    build: buildOf(imported, product) ?? null,
    answers,
    ways: waysOf(answers),
  };
}

/** What stands in a file for this asker, and does not count. */
function withUnread(choice: Choice, chooser: string, settings: ClientSettings): Choice {
  const { unread, useDefaultProxyForBackendRequests: flag } = settings;
  const layers = chooser === 'backend' && flag?.value !== 1 ? [] : (unreadBy[chooser] ?? []);
  // A file that another program reads is told where that one answers.
  const told = unread.filter(
    ({ layer, overriddenBy }) => layers.includes(layer) && overriddenBy?.endsWith('-config') !== true,
  );
  return { ...choice, reasons: [...choice.reasons, ...told] };
}

const unreadBy: Readonly<Record<string, readonly LayerName[]>> = {
  'system-net': ['app-config', 'machine-config', 'policy'],
  backend: ['netsh', 'policy'],
  winhttp: ['netsh', 'policy'],
  'winhttp-legacy': ['netsh', 'policy'],
  wininet: ['policy'],
};

function waysOf(answers: readonly Answer[]): Survey['ways'] {
  const ways = [...new Set(answers.map(({ way }) => way))];
  return ways.map((way) => ({ way, askers: answers.filter((one) => one.way === way).map(({ asker }) => asker) }));
}

/** Whose scripts WinHTTP fetches; it takes http and https only (source: its list of schemes for System.Net). */
const byWinHttp = new Set(['system-net', 'backend', 'winhttp', 'winhttp-legacy']);

function sayWay(choice: Choice, chooser: string): string {
  if (choice.kind === 'failed') return `no request at all: ${choice.error.text}`;
  if (choice.kind !== 'automatic') return choice.routes.join('; ');
  const { autoDetect, scriptUrl, fallback, mandatory } = choice;
  const unfetched = byWinHttp.has(chooser) && !/^https?:/i.test(scriptUrl ?? 'http:');
  const sources = [
    autoDetect ? 'the script found by WPAD' : '',
    scriptUrl === null ? '' : `the script at ${scriptUrl}${unfetched ? ', which WinHTTP does not fetch' : ''}`,
  ];
  const otherwise = mandatory ? 'no request at all' : fallback.join('; ');
  return `${sources.filter(Boolean).join(', then ')}; without one: ${otherwise}`;
}
