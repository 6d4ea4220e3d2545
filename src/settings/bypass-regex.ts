/**
 * `<bypasslist>`: regular expressions of .NET, unanchored, case ignored, tested against `scheme://host[:port]`.
 * A bad one makes the whole proxy object fail.
 */
import type { Origin, Setting, SettingFault } from './layers.ts';

export interface NetRegex {
  text: string;
  regex: RegExp;
  origin: Origin;
}

/** The expression, or what .NET says about it. The texts of .NET's parser are known; which one comes is inferred. */
export function netRegex({ value, origin }: Setting<string>): NetRegex | { fault: SettingFault } {
  try {
    return { text: value, origin, regex: new RegExp(translated(value), 'i') };
  } catch (error) {
    const inner = `parsing "${value}" - ${complaint(value, (error as Error).message)}`;
    return {
      fault: {
        name: 'System.Configuration.ConfigurationErrorsException',
        text: "Error creating the Web Proxy specified in the 'system.net/defaultProxy' configuration section.",
        inner,
        origin,
        mark: 'source',
      },
    };
  }
}

/** The few spellings of .NET that JavaScript reads otherwise. Case is ignored anyway. */
const translated = (text: string): string =>
  text
    .replace(/^\(\?i\)/, '')
    .replace(/\(\?i:/g, '(?:')
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$')
    .replace(/\(\?>/g, '(?:');

function complaint(text: string, message: string): string {
  if (message.includes('Nothing to repeat'))
    return /(^|[(|])[*+?]/.test(text) ? 'Quantifier {x,y} following nothing.' : 'Nested quantifier.';
  if (message.includes('Unterminated character class')) return 'Unterminated [] set.';
  if (message.includes('Unterminated group')) return "Not enough )'s.";
  if (message.includes("Unmatched ')'")) return "Too many )'s.";
  if (message.includes('\\ at end')) return 'Illegal \\ at end of pattern.';
  return message.replace(/^.*: /, '');
}
