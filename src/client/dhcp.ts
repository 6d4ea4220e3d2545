/**
 * What DHCP tells a machine of the proxy script. It is read as a value: no DHCP packet is sent, and the events say so
 * (`simulated: true`).
 */
import { z } from 'zod';

import { isAddress } from '../net/address.ts';
import type { ClientInit, ClientTools } from './tools.ts';

/** How a client uses DHCP option 252. */
export interface DhcpHabits {
  /** Milliseconds of waiting for an answer to DHCPINFORM. */
  timeout: number;
  /** What follows a value that is no usable URL: WPAD by DNS, or nothing. An empty value is as good as none. */
  afterUnusable: 'dns' | 'stop';
}

/**
 * System.Net and WinHTTP. After a value that cannot be parsed or has an unknown scheme System.Net asks no further
 * (reference source). How long Windows waits is not established: 4 s is the first interval of RFC 2131 section 4.1.
 */
export const windowsDhcp: DhcpHabits = { timeout: 4000, afterUnusable: 'stop' };

const address = z.string().refine(isAddress, 'an address is needed, not a name');

const option252 = z
  .string()
  .describe('address of the proxy script, character by character; `none`: the option is not there');

const answerSpec = z.strictObject({
  adapter: z.string().default('Ethernet').describe('the network adapter that asked'),
  server: address.default('10.20.0.3').describe('the DHCP server that answered'),
  option252,
});

export const dhcpSpec = z
  .strictObject({
    option252: option252.optional().describe('what the one server says on the one adapter; instead of `answers`'),
    answers: z
      .array(answerSpec)
      .min(1)
      .optional()
      .describe('what each server says on each adapter, in the order of arrival; the first that has the option counts'),
    inform: z.enum(['answered', 'silent']).default('answered').describe('silent: DHCPINFORM never gets a reply'),
  })
  .refine(({ option252: one, answers }) => one === undefined || answers === undefined, {
    message: 'either option252 or answers',
    path: ['option252'],
  })
  .describe('what DHCP says of the proxy script; read as a value, no DHCP packet is sent');
export type DhcpSpec = z.output<typeof dhcpSpec>;

/** What counts of the answers: the value of option 252, or null when nobody gave one. Writes what was heard. */
export async function askDhcp(
  { timeout }: DhcpHabits,
  { name: client, dhcp }: ClientInit,
  { pen, clock }: ClientTools,
): Promise<string | null> {
  const answers = dhcp.answers ?? [answerSpec.parse({ option252: dhcp.option252 ?? 'none' })];
  if (dhcp.inform === 'silent') {
    await clock.sleep(timeout);
    pen.write('dhcp.timeout', { client, afterMs: timeout, simulated: true });
    return null;
  }
  const values = answers.map(({ adapter, server, option252: text }) => {
    const value = text === 'none' ? null : text;
    pen.write('dhcp.answer', { client, adapter, server, option252: value, simulated: true });
    return value;
  });
  return values.find((value) => value !== null) ?? null;
}
