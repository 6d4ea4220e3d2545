/** Which real port stands for one of the story. */
import { formatEndpoint } from '../net/address.ts';

/** `usual`: the story's ports where they are permitted, else high ones. `high`: none below 1024. `free`: any. */
export type PortChoice = 'usual' | 'high' | 'free';

export interface Ports {
  /** The ports to try for one of the story, in order; 0 is any. */
  for(port: number): readonly number[];
  /** A low port was not permitted: no other will be. */
  lowDenied(): void;
  /** The port itself, or the next one above that the lab has not taken at this address. */
  unused(host: string, port: number): number;
  use(host: string, port: number): void;
}

const firstUnprivileged = 1024;
const highPorts: Readonly<Record<number, number>> = { 53: 5300, 80: 8000, 443: 8443 };

export function portPolicy(how: PortChoice): Ports {
  let low = how === 'usual';
  const used = new Set<string>();
  const key = (host: string, port: number): string => formatEndpoint({ ip: host, port });
  return {
    unused(host, port) {
      if (port === 0) return port;
      let free = port;
      while (used.has(key(host, free))) free += 1;
      return free;
    },
    use(host, port) {
      if (port !== 0) used.add(key(host, port));
    },
    for(port) {
      if (how === 'free') return [0];
      if (port >= firstUnprivileged) return [port];
      const high = highPorts[port] ?? 10_000 + port;
      return low ? [port, high] : [high];
    },
    lowDenied() {
      low = false;
    },
  };
}
