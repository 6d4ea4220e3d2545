import { expect, test } from 'vitest';

import { seededChance } from '../../src/chance.ts';
import { createResolver, dnsSpec, startDns } from '../../src/dns/index.ts';
import type { DnsServer, Resolver, ResolverTools } from '../../src/dns/index.ts';
import { host, startWorld } from '../kit/world.ts';
import type { World } from '../kit/world.ts';

const client = host('10.20.0.10', 'service');

const serve = (world: World, spec: unknown): Promise<DnsServer> =>
  startDns(dnsSpec.parse(spec), { net: world.net, clock: world.clock, pen: world.trace.pen('dns') });

const resolverIn = (world: World, tools: Partial<ResolverTools> = {}): Resolver =>
  createResolver({
    net: world.net,
    clock: world.clock,
    pen: world.trace.pen('client:service'),
    chance: seededChance(7),
    host: client,
    server: '10.20.0.2:53',
    profile: 'windows',
    ...tools,
  });

test('finds the address of a name', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, {
    suffix: 'corp.example',
    records: { 'wpad.corp.example': { A: '10.20.0.5' } },
  });
  const got = await resolverIn(world).resolve('wpad.corp.example', { qtypes: ['A', 'AAAA'] });
  expect(got).toMatchObject({ ok: true, value: { addresses: ['10.20.0.5'] } });
});
