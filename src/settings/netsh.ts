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
  const labelled = [...source.text.matchAll(/^[ \t]+\S[^\r\n]*?\s*[:：][ \t]+(\S[^\r\n]*?)[ \t]*\r?$/gm)];
  if (labelled.length > 2)
    throw new InputError([
      problemAt(
        source,
        'more than a proxy and a bypass list is no output of netsh winhttp show proxy',
        labelled[2]?.index ?? 0,
      ),
    ]);
  const [proxy, bypass] = labelled.map((match): Setting<string> | undefined => {
    const value = match[1] ?? '';
    if (/^[(（].*[)）]$/.test(value)) return undefined;
    const offset = match.index + match[0].lastIndexOf(value);
    return { value, origin: placeAt(source, offset) };
  });
  return { proxy, bypass, scriptUrl: undefined, autoDetect: undefined };
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
  const { AutoDetect: detect } = values;
  return {
    proxy: off('ProxyIsEnabled') ? undefined : text('Proxy'),
    bypass: off('ProxyIsEnabled') ? undefined : text('ProxyBypass'),
    scriptUrl: off('AutoConfigIsEnabled') ? undefined : (text('AutoconfigUrl') ?? text('AutoConfigUrl')),
    autoDetect: typeof detect === 'boolean' ? { value: detect, origin: at('AutoDetect') } : undefined,
  };
}

interface Advanced {
  [key: string]: unknown;
  AutoDetect?: unknown;
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
