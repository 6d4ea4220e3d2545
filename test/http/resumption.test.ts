/** Programs that come again with a session of TLS, as browsers do, before a host that asks for certificates. */
import { once } from 'node:events';
import { connect } from 'node:tls';

import { expect, test } from 'vitest';

import { startPublished } from '../kit/published.ts';

test.each([
  ['TLSv1.2', 'requested'],
  ['TLSv1.2', 'required'],
  ['TLSv1.3', 'requested'],
  ['TLSv1.3', 'required'],
])('a session of %s goes on at a host whose certificates are %s', async (maxVersion, clientCertificate) => {
  const https = { clientCertificate, maxVersion, paths: { '/': { body: 'fine' } } };
  await using lab = await startPublished({
    version: 1,
    id: 'resumption',
    name: 'Resumption',
    lab: { dns: { records: { 'app.example': { A: '203.0.113.50' } } }, hosts: { 'app.example': { https } } },
    clients: { client: { profile: 'curl' } },
    steps: [],
  });
  const { host, port } = lab.door('app.example').real;
  const { pem } = await lab.lab.pki.authority('public-ca');
  const own = await lab.lab.pki.clientCertificate('connector');
  let session: Buffer | undefined;
  const visit = async () => {
    const socket = connect({
      host,
      port,
      servername: 'app.example',
      ca: pem,
      cert: own.chainPem,
      key: own.keyPem,
      ...(session && { session }),
    });
    socket.on('session', (fresh: Buffer) => (session = fresh));
    await once(socket, 'secureConnect');
    const reused = socket.isSessionReused();
    socket.write('GET / HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n');
    let heard = '';
    for await (const piece of socket) heard += String(piece);
    return { reused, status: heard.split('\r\n')[0] };
  };
  expect(await visit()).toEqual({ reused: false, status: 'HTTP/1.1 200 OK' });
  expect(await visit()).toEqual({ reused: true, status: 'HTTP/1.1 200 OK' });
  expect(lab.events('origin.request').map(({ data }) => data.clientCertificate)).toEqual([
    'CN=connector, O=paclab',
    'CN=connector, O=paclab',
  ]);
});
