/**
 * The firewall of the pretend world. It looks at the first packet only, as a stateful one does.
 *
 * A dropped SYN cannot be had from a loopback socket, so silence and refusal are simulated, and their events say so.
 */
import { z } from 'zod';

import { globPattern } from '../glob.ts';
import { inRange, isRange } from '../range.ts';
import { formatEndpoint } from './address.ts';
import type { Endpoint } from './address.ts';

export const verdicts = ['allow', 'drop', 'reject', 'icmp'] as const;
export type Verdict = (typeof verdicts)[number];

const names = z.union([z.string(), z.array(z.string())]);

export const firewallSpec = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        when: z
          .strictObject({
            to: names
              .optional()
              .describe(
                '`host:port` globs; the host is an address or a name that resolves to it. Or ranges: 203.0.113.8/29',
              ),
            from: names.optional().describe('clients or proxies, by name or address'),
            except: names.optional().describe('clients or proxies that the rule does not apply to'),
            protocol: z.enum(['tcp', 'udp']).optional(),
            open: z
              .int()
              .positive()
              .optional()
              .describe('only while so many connections to that address and port stand: a NAT that is out of ports'),
          })
          .prefault({}),
        then: z.enum(verdicts).describe('drop = silence, reject = RST, icmp = administratively prohibited'),
      }),
    )
    .default([]),
});
export type FirewallSpec = z.output<typeof firewallSpec>;
type Rule = FirewallSpec['rules'][number];

export interface Packet {
  protocol: 'tcp' | 'udp';
  /** The part that sends, by its name in the scenario (`edge`, `service`), and its address. */
  sender: string;
  from: string;
  to: Endpoint;
}

export interface Firewall {
  judge(packet: Packet): Verdict;
  /** A connection to there stands, until the returned function says that it ended. */
  stands(to: string): () => void;
  /** Replaces the rules while the lab runs. */
  change(spec: FirewallSpec): void;
}

/** First matching rule wins; what no rule matches may pass. `namesOf` gives the names that stand for an address. */
export function createFirewall(spec: FirewallSpec, namesOf: (ip: string) => readonly string[]): Firewall {
  let { rules } = spec;
  const standing = new Map<string, number>();
  const add = (to: string, more: number): void => void standing.set(to, (standing.get(to) ?? 0) + more);
  const isFull = ({ when }: Rule, { to }: Packet): boolean =>
    (standing.get(formatEndpoint(to)) ?? 0) >= (when.open ?? 0);
  return {
    judge: (packet) => rules.find((rule) => isFull(rule, packet) && matches(rule, packet, namesOf))?.then ?? 'allow',
    stands(to) {
      add(to, 1);
      return () => add(to, -1);
    },
    change(next) {
      rules = next.rules;
    },
  };
}

function matches({ when }: Rule, packet: Packet, namesOf: (ip: string) => readonly string[]): boolean {
  if (when.protocol !== undefined && when.protocol !== packet.protocol) return false;
  const senders = [packet.sender, packet.from];
  if (when.from !== undefined && !senders.some((sender) => listed(when.from, sender))) return false;
  if (when.except !== undefined && senders.some((sender) => listed(when.except, sender))) return false;
  if (when.to === undefined || [when.to].flat().some((range) => isRange(range) && inRange(range, packet.to.ip)))
    return true;
  const meant = (host: string): boolean => listed(when.to, `${host}:${packet.to.port}`) || listed(when.to, host);
  // The names behind an address are a look through the whole zone; rules by address need none.
  return meant(packet.to.ip) || namesOf(packet.to.ip).some(meant);
}

const listed = (globs: string | string[] | undefined, text: string): boolean =>
  [globs ?? []].flat().some((glob) => globPattern(glob).test(text));
