import { expect, test } from 'vitest';

import { startProxyLab, statusLine } from './lab.ts';

test.each([
  ['the target', 'Host: app.test:443\r\n', '200'],
  ['the target in capitals', 'Host: APP.TEST:443\r\n', '200'],
  ['the target without its port', 'Host: app.test\r\n', '409'],
  ['absent', '', '409'],
])('host-check: a Host that is %s gets %s', async (_what, host, status) => {
  await using lab = await startProxyLab({ behaviour: { kind: 'host-check' } });
  await lab.origin(443);
  const client = await lab.dial();
  client.send(`CONNECT app.test:443 HTTP/1.1\r\n${host}\r\n`);
  await lab.settled();
  expect(statusLine(client.heard())).toContain(status);
  expect(lab.events('proxy.tunnel')).toHaveLength(status === '200' ? 1 : 0);
});

test('host-check leaves requests in absolute form alone', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'host-check' } });
  await lab.origin(80, (side) => side.send('HTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\n'));
  expect(statusLine(await lab.ask('GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n'))).toContain('200');
});
