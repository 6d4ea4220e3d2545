/** Proxy scripts for clients that cannot ask the lab's DNS: the proxies they name by their real addresses. */
import { splitHostPort, formatEndpoint } from '../net/address.ts';
import type { PublishedDoor } from './publish.ts';

/** Byte for byte the same but for `host:port` of the proxies, by any of their names or their address. */
export function rewriterFor(doors: readonly PublishedDoor[]): (body: Buffer) => Buffer {
  const changes = doors
    .filter(({ what }) => what === 'proxy')
    .flatMap(({ names, story, real }) => {
      const { host = '', port = 0 } = splitHostPort(story) ?? {};
      const to = formatEndpoint({ ip: real.host, port: real.port });
      return [...names.filter((name) => !name.includes('*')), host].map((name) => ({
        from: new RegExp(`(?<![\\w.-])${literal(name)}:${port}(?!\\d)`, 'gi'),
        to,
      }));
    });
  return (body) => {
    const text = body.toString('latin1');
    const changed = changes.reduce((before, { from, to }) => before.replace(from, to), text);
    return changed === text ? body : Buffer.from(changed, 'latin1');
  };
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
