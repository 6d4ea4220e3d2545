/** A trace as another customer would have it: other names, addresses and ports, and a proxy on another usual one. */
import type { TraceEvent } from '../../src/trace/events.ts';

/** Whole texts that are names of parts and clients. */
const wholly: Readonly<Record<string, string>> = { service: 'agent5', edge: 'gate7', 'proxy:edge': 'proxy:gate7' };

/** Networks stay what they are: private ones private, those of others those of others. */
const network: Readonly<Record<string, string>> = {
  '10.20.': '10.77.',
  '203.0.113.': '198.51.100.',
  '198.51.100.': '203.0.113.',
};

const renamedText = (text: string): string =>
  wholly[text] ??
  text
    .replace(/^(client|program):service\b/, '$1:agent5')
    .replace(/\bproxy\.(?=corp\.example)/gi, 'fw9.')
    .replace(/corp\.example/gi, (name) => (name === name.toUpperCase() ? 'Q8X.EXAMPLE' : 'q8x.example'))
    .replace(/\b(?:10\.20|203\.0\.113|198\.51\.100)\./g, (prefix) => network[prefix] ?? prefix)
    .replace(/(?<=[:\s]|^)8080\b/g, '8888')
    .replace(/\bedge\b/g, 'gate7');

function renamedValue(value: unknown, key: string): unknown {
  if (typeof value === 'string') return renamedText(value);
  if (typeof value === 'number') return value === 8080 && /port/i.test(key) ? 8888 : value;
  if (Array.isArray(value)) return value.map((member) => renamedValue(member, key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, renamedValue(inner, name)]));
}

export const renamed = (events: readonly TraceEvent[]): TraceEvent[] =>
  events.map((event) => renamedValue(event, '') as TraceEvent);
