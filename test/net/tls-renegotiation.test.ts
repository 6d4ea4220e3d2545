import { expect, test } from 'vitest';

import { createPki } from '../../src/net/certificates.ts';
import { askLate, renegotiable } from '../../src/net/tls-renegotiation.ts';
import { acceptTls, dialTls } from '../../src/net/tls.ts';
import { host, startWorld } from '../kit/world.ts';

const client = host('10.20.0.10', 'client');
const server = host('203.0.113.10', 'server');

test.each([
  ['a client with a certificate shows it', ['buyer'], 'CN=buyer, O=paclab'],
  ['a client without one goes on without', [], undefined],
])('asked late, %s', async (_title, certificates, subject) => {
  await using world = startWorld();
  const pki = createPki({ date: () => world.clock.date(), activity: world.activity });
  const toolsOf = (by: string) => ({ pen: world.trace.pen(by), clock: world.clock, pki });
  const leaf = await pki.leaf({ names: ['partner.example'], authority: 'public-ca' });
  const asked: unknown[] = [];
  await using _listener = await world.net.listen(server, 443, async (connection) => {
    const options = { leaf, maxVersion: 'TLSv1.2', renegotiable, clientAuthorities: ['connector-ca'] } as const;
    const accepted = await acceptTls(connection, options, toolsOf('server'));
    if (!accepted.ok) return;
    accepted.value.stream.resume();
    asked.push(accepted.value.peer, (await askLate(accepted.value, ['connector-ca'], toolsOf('server')))?.subject);
  });
  const dialled = await world.net.dial(client, { ip: server.ip, port: 443 });
  if (!dialled.ok) throw new Error('no connection');
  const own = await Promise.all(certificates.map((name) => pki.clientCertificate(name)));
  const options = { serverName: 'partner.example', trust: ['public-ca'], ...(own[0] && { certificate: own[0] }) };
  const secured = await dialTls(dialled.value, options, toolsOf('client'));
  if (!secured.ok) throw new Error(secured.failure.detail);
  secured.value.stream.resume();
  await world.net.settled();
  await world.net.settled();
  expect(asked).toEqual([null, subject]);
  const handshakes = world.trace.events.filter(({ by, type }) => by === 'server' && type === 'tls.established');
  expect(handshakes).toHaveLength(2);
});
