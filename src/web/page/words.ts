/** Events, times and values in words. */
import { sayDuration } from '../../time-text.ts';
import type { TraceEvent } from '../../trace/events.ts';

const silent = new Set(['conn', 'upstream', 'request', 'client', 'proxy', 'headers', 'id', 'bytes', 'text', 'begins']);
const longest = 90;

export const cut = (text: string, length = longest): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

export const sayTime = (ms: number): string => sayDuration(ms);

/** `route=PROXY a:8080 failure=tcp.refused`: what an event says, on one line. */
export const sayData = (event: TraceEvent): string =>
  Object.entries(event.data)
    .filter(([name, value]) => !silent.has(name) && value !== null && value !== '')
    .map(([name, value]) => `${name}=${cut(sayValue(value))}`)
    .join('  ');

export function sayValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(sayValue).join(', ')}]`;
  return JSON.stringify(value) ?? 'undefined';
}

/** Filters as people type them: words that must occur, `!word` that must not; `proxy.*` is about the type of an event. */
export function filterOf(text: string): (candidate: string, type?: string) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const tests = words.map((word) => {
    const unwanted = word.startsWith('!');
    const wanted = unwanted ? word.slice(1) : word;
    const glob = wanted.includes('*') ? globOf(wanted) : undefined;
    return (candidate: string, type: string): boolean =>
      (glob ? glob.test(type) : candidate.includes(wanted)) !== unwanted;
  });
  return (candidate, type = candidate) => {
    const lower = candidate.toLowerCase();
    return tests.every((test) => test(lower, type));
  };
}

const globOf = (glob: string): RegExp =>
  new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`);
