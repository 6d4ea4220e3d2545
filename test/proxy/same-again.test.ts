/** The same story gives the same events, whatever the proxy does to it. */
import { expect, test } from 'vitest';

import { fine, startProxyLab } from './lab.ts';

const get = 'GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n';
const connect = 'CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n';
const runs = 12;

async function story(behaviour: unknown): Promise<string> {
  await using lab = await startProxyLab({ behaviour });
  await lab.origin(80, fine);
  await lab.origin(443, (side, chunk) => side.send(chunk.toUpperCase().repeat(500)));
  const clients = [await lab.dial(), await lab.dial(), await lab.dial()];
  const [one, two, three] = clients;
  one?.send(get);
  two?.send(connect);
  three?.send(connect);
  await lab.world.clock.sleep(20_000);
  two?.send('hello');
  three?.send('bye');
  three?.connection.end();
  await lab.world.clock.sleep(60_000);
  two?.connection.reset();
  await lab.world.clock.sleep(1000);
  for (const client of clients) client.connection.destroy();
  await lab.world.clock.sleep(1000);
  return JSON.stringify([lab.world.trace.events, clients.map(({ heard, failure }) => [heard(), failure()])]);
}

test.each<[kind: string, options: object]>([
  ['allow', {}],
  ['slow', { delay: '5s' }],
  ['latency', { delay: '300ms' }],
  ['throttle', { rate: 1000 }],
  ['truncate', { after: 700, how: 'rst' }],
  ['half-close', {}],
  ['silent-drop', { after: 3 }],
  ['mtu-blackhole', {}],
  ['idle-timeout', { after: '15s' }],
  ['idle-timeout', { after: '10s', how: 'forget' }],
  ['max-lifetime', { after: '30s', how: 'rst' }],
  ['restart', { at: '21s' }],
  ['loop', {}],
  ['limit', { tunnels: 1 }],
  ['connect-reply', { coalesce: '1s' }],
  ['challenge', { schemes: ['digest', 'ntlm'] }],
])('%s %o', async (kind, options) => {
  const first = await story({ kind, ...options });
  for (let run = 1; run < runs; run += 1) expect(await story({ kind, ...options })).toBe(first);
});
