/**
 * Where the proxies of a published lab may lead the programs that use them: to the lab, and nowhere else unless it was
 * allowed by name. Never to this machine, its neighbours on the link, or the metadata services of clouds.
 */
import { networkInterfaces } from 'node:os';

import { globPattern } from '../glob.ts';
import { isAddress } from '../net/address.ts';
import type { Entrances } from '../net/net.ts';
import type { ProxyTools } from '../proxy/index.ts';
import { inRange } from '../range.ts';

export interface DestinationFacts {
  /** The story's address of a real place that this lab has opened. */
  storyOf: (host: string, port: number) => { ip: string; port: number } | undefined;
  /** Whether an address is one of the story. */
  isStory: (ip: string) => boolean;
  /** Whether the lab's DNS knows a name. */
  knows: (name: string) => boolean;
  /** `host` or `host:port`, with `*`. */
  allowed: readonly string[];
  /** Ports of this machine that nobody is led to, even when they are allowed by number: the control server's. */
  closedPorts: readonly number[];
  net: Pick<Entrances, 'leave'>;
}

/** The link and metadata services: of most clouds, Alibaba, Azure, Oracle, and AWS by version 6. */
const never = [
  '169.254.0.0/16',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '224.0.0.0/3',
  'fe80::/10',
  'fd00:ec2::254',
  'ff00::/8',
  '::ffff:0:0/96',
];

const machine = ['127.0.0.0/8', '0.0.0.0/8', '::', '::1'];

const among = (ranges: readonly string[], ip: string): boolean => ranges.some((range) => inRange(range, ip));

/** Every address of this machine, those of its networks included. */
const isMachine = (ip: string): boolean =>
  among(machine, ip) ||
  Object.values(networkInterfaces()).some((own = []) => own.some(({ address }) => address === ip));

const ownNames = /^(localhost|.*\.localhost|ip6-localhost|metadata\.google\.internal)\.?$/i;

export function destinationsFor(facts: DestinationFacts): NonNullable<ProxyTools['destination']> {
  const { allowed, closedPorts, net } = facts;
  const globs = allowed.map((glob) => globPattern(glob));
  return (to) => {
    const { host, port } = to;
    const named = `${host}:${port}`;
    // An address of this machine may be allowed, by itself and with its port; no name leads there.
    const own = isMachine(host) && allowed.includes(named) && !closedPorts.includes(port);
    const isBanned = (ip: string): boolean => among(never, ip) || (isMachine(ip) && !own);
    if (ownNames.test(host)) return { refused: `${named} is this machine itself` };
    if (isAddress(host)) {
      const story = facts.storyOf(host, port);
      if (story) return { story: { host: story.ip, port: story.port } };
      if (facts.isStory(host)) return { story: to };
      if (isBanned(host)) return { refused: `nobody is led to ${named}` };
    } else if (facts.knows(host)) return { story: to };
    if (globs.some((glob) => glob.test(host) || glob.test(named)))
      return { real: (from) => net.leave(from, { host, port }, isBanned) };
    // The DNS of the story has its own word for names that do not exist.
    return isAddress(host) ? { refused: `${named} is not in this lab` } : { story: to };
  };
}
