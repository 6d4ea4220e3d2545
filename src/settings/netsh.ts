/**
 * Output of `netsh winhttp show proxy` and `show advproxy`. The words depend on the display language, the form does
 * not: indented lines `label : value`, proxy before bypass list, or a JSON object whose keys are never translated.
 */
import { InputError } from '../failure.ts';
import type { NetshSettings, Setting } from './layers.ts';
import { placeAt, problemAt } from './source.ts';
import type { SourceText } from './source.ts';

/** Whether a text can be such output: it speaks of WinHTTP, in any language, or has the keys of the JSON form. */
export const isNetsh = (text: string): boolean => /winhttp|"AutoDetect"|"ProxyBypass"/i.test(text);

export function parseNetsh(source: SourceText): NetshSettings {
  return source.text.includes('{') ? advanced(source) : plain(source);
}

/** `    Proxy Server(s) :  proxy:8080`; a value in parentheses is the word for none. */
function plain(source: SourceText): NetshSettings {
  const labelled: { value: string; index: number }[] = [];
  let begin = 0;
  for (const line of source.text.split('\n')) {
    const found = labelledIn(line);
    if (found) labelled.push({ value: found.value, index: begin + found.from });
    begin += line.length + 1;
  }
  if (labelled.length > 2)
    throw new InputError([
      problemAt(
        source,
        'more than a proxy and a bypass list is no output of netsh winhttp show proxy',
        labelled[2]?.index ?? 0,
      ),
    ]);
  const indented = /^[ \t]+\S.*\r?\n[ \t]+\S/m.exec(source.text);
  if (labelled.length === 0 && indented)
    throw new InputError([
      problemAt(source, 'no line of the form `label : value`: is this another code page?', indented.index),
    ]);
  const [proxy, bypass] = labelled.map(({ value, index }): Setting<string> | undefined =>
    /^[(（].*[)）]$/.test(value) ? undefined : { value, origin: placeAt(source, index) },
  );
  return { proxy, bypass, scriptUrl: undefined, autoDetect: undefined };
}

/**
 * The value of an indented line `label : value`, and where it begins. By hand: a pattern would look at long runs of
 * blanks again and again.
 */
export function labelledIn(line: string): { value: string; from: number } | undefined {
  const ink = line.search(/\S/);
  if (ink < 1) return undefined;
  for (let at = ink + 1; at < line.length - 1; at += 1) {
    if (!/[:：]/.test(line.charAt(at)) || !/[ \t]/.test(line.charAt(at + 1))) continue;
    const value = line.slice(at + 1).trim();
    return value === '' ? undefined : { value, from: line.indexOf(value.charAt(0), at + 1) };
  }
  return undefined;
}

function advanced(source: SourceText): NetshSettings {
  const begin = source.text.indexOf('{');
  const end = source.text.lastIndexOf('}') + 1;
  const values = json(source, begin, end);
  const at = (key: string) => placeAt(source, source.text.indexOf(`"${key}"`, begin));
  const text = (key: string): Setting<string> | undefined => {
    const value = values[key];
    return typeof value === 'string' && value.trim() !== '' ? { value: value.trim(), origin: at(key) } : undefined;
  };
  const off = (key: string): boolean => values[key] === false;
  const { AutoDetect: detect, PerUserProxySettings: perUser } = values;
  return {
    proxy: off('ProxyIsEnabled') ? undefined : text('Proxy'),
    bypass: off('ProxyIsEnabled') ? undefined : text('ProxyBypass'),
    scriptUrl: off('AutoConfigIsEnabled') ? undefined : (text('AutoconfigUrl') ?? text('AutoConfigUrl')),
    autoDetect: typeof detect === 'boolean' ? { value: detect, origin: at('AutoDetect') } : undefined,
    perUser: typeof perUser === 'boolean' ? { value: perUser, origin: at('PerUserProxySettings') } : undefined,
  };
}

interface Advanced {
  [key: string]: unknown;
  AutoDetect?: unknown;
  PerUserProxySettings?: unknown;
}

function json(source: SourceText, begin: number, end: number): Advanced {
  try {
    // An object, because it begins with a brace.
    return JSON.parse(source.text.slice(begin, end)) as Advanced;
  } catch (error) {
    const message = `this is not the JSON of netsh winhttp show advproxy: ${(error as Error).message}`;
    throw new InputError([problemAt(source, message, begin)], { cause: error });
  }
}
