/** Files that contradict each other, and which of them counts. */
import { survey } from '../settings/index.ts';
import type { Facts } from './world/facts.ts';
import { placeOf, settingsIn } from './statements.ts';

export interface Conflict {
  says: string;
  at: string[];
}

export const conflictsIn = (facts: Facts): Conflict[] => [
  ...sameKind(facts),
  ...disagreement(facts),
  ...capturedOtherwise(facts),
  ...otherScript(facts),
];

/** Two files of one kind say different things of one setting. */
function sameKind({ settings }: Facts): Conflict[] {
  const values = new Map<string, Told[]>();
  for (const piece of settings) {
    for (const { says, at } of settingsIn(piece)) {
      const [, name = '', value = ''] = /^(\S+) = (.*)$/.exec(says) ?? [];
      const key = `${piece.settings?.role ?? ''} ${name}${/\(of the account .*\)$/.exec(value)?.[0] ?? ''}`;
      if (name === 'bypasslist.add') continue;
      values.set(key, [...(values.get(key) ?? []), { value, at, file: piece.copy, product: productOf(piece) }]);
    }
  }
  return [...values].flatMap(([key, told]) => {
    const different =
      new Set(told.map(({ value }) => value)).size > 1 && new Set(told.map(({ file }) => file)).size > 1;
    const last = told.at(-1);
    if (!different || !last) return [];
    const sayings = told.map(({ value, at }) => `${value} (${at})`).join(', but ');
    const name = key.slice(key.indexOf(' ') + 1);
    return [{ says: `${name} is ${sayings}; ${counting(name, told)}`, at: told.map(({ at }) => at) }];
  });
}

interface Told {
  value: string;
  at: string;
  file: string;
  product: string | null;
}

const productOf = ({ settings }: Facts['settings'][number]): string | null =>
  settings && 'product' in settings ? settings.product : null;

function counting(name: string, told: readonly Told[]): string {
  if (name === 'UseDefaultProxyForBackendRequests') return 'the one under the key of the build counts';
  const products = new Set(told.map(({ product }) => product));
  return products.size > 1 ? 'the one of the newer product counts' : 'the last counts';
}

/** Who reads which file goes which way: right settings for one leave another without. */
function disagreement({ settings }: Facts): Conflict[] {
  if (settings.length < 2) return [];
  const { ways, answers } = survey(settings.map(({ copy, text }) => ({ file: copy, text })));
  if (ways.length < 2) return [];
  const names = new Map(settings.map(({ copy, name }) => [copy, name]));
  const at = answers.flatMap(({ choice }) =>
    choice.reasons.flatMap(({ origin, overriddenBy }) =>
      origin && overriddenBy === null ? [`${names.get(origin.file) ?? origin.file}:${origin.line}`] : [],
    ),
  );
  const parts = ways.map(({ way, askers }) => `${way}: ${askers.join(', ')}`);
  return [{ says: `parts of the machine go different ways. ${parts.join('; ')}`, at: [...new Set(at)] }];
}

/** A capture in which a client goes to a proxy that no file names, or to none. */
function capturedOtherwise({ settings, scripts, requests, proxies }: Facts): Conflict[] {
  if (settings.length + scripts.length === 0 || requests.length === 0) return [];
  const named = proxies.filter(({ from }) => /:\d+/.test(from.replace(/ frame \d+/g, '')));
  if (named.length === 0) return [];
  const seen = new Map<string, string>();
  for (const { attempts } of requests)
    for (const { route, started } of attempts) if (!seen.has(route)) seen.set(route, placeOf(started));
  return [...seen].flatMap(([route, at]) => {
    const proxy = /^\w+ (\S+)$/.exec(route)?.[1];
    if (proxy !== undefined && !named.some(({ host, port }) => `${host}:${port}` === proxy))
      return [{ says: `the capture shows ${route}, which no file names`, at: [at, ...named.map(({ from }) => from)] }];
    if (route === 'DIRECT' && ![...seen.keys()].some((other) => other !== 'DIRECT'))
      return [
        {
          says: 'files name a proxy, and the capture shows direct connections only',
          at: [at, ...named.map(({ from }) => from)],
        },
      ];
    return [];
  });
}

function otherScript({ scripts, view }: Facts): Conflict[] {
  const [loaded] = view.ofType('pac.loaded').toReversed();
  if (!loaded) return [];
  const plain = (text: string): string => text.replace(/\s+/g, '');
  return scripts
    .filter(({ text }) => plain(text) !== plain(loaded.data.text))
    .map(({ name }) => ({
      says: `the script in the capture is not ${name}; the one in the capture counts`,
      at: [placeOf(loaded), name],
    }));
}
