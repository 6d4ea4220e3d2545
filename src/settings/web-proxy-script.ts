/** `<system.net><settings><webProxyScript>`: how long System.Net waits for a script, and before it asks again. */
import type { Setting } from './layers.ts';
import type { XmlElement } from './xml.ts';

export function timing(groups: readonly XmlElement[]): {
  downloadTimeout: Setting<number> | undefined;
  retryInterval: Setting<number> | undefined;
} {
  const [element] = groups
    .flatMap(({ children }) => children)
    .filter(({ name }) => name === 'settings')
    .flatMap(({ children }) => children)
    .filter(({ name }) => name === 'webProxyScript');
  return {
    downloadTimeout: read(element, 'downloadTimeout', timeSpan),
    retryInterval: read(element, 'autoConfigUrlRetryInterval', (text) => Number(text) * 1000),
  };
}

function read(element: XmlElement | undefined, name: string, parse: (text: string) => number) {
  const attribute = element?.attributes.find((candidate) => candidate.name === name);
  const value = attribute && parse(attribute.value);
  return attribute && value !== undefined && Number.isFinite(value) ? { value, origin: attribute.at } : undefined;
}

/** `[d.]hh:mm:ss` in milliseconds. */
function timeSpan(text: string): number {
  const match = /^(?:(\d+)\.)?(\d+):(\d+):(\d+)$/.exec(text.trim());
  if (!match) return Number.NaN;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
