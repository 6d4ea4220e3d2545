/** Every behaviour of the proxy keeps to the schedule of its rule, and ships in a scenario. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { behaviours } from '../../src/proxy/index.ts';
import { fine, startProxyLab } from './lab.ts';

const kinds = behaviours.map(({ options }) => options.shape.kind.value);
const least: Record<string, object> = { respond: { status: 502 } };

/** Of a kind that concerns every request worth the name: tunnels whose Host has no port, and heads that are long. */
const requests: Record<'tunnel' | 'page' | 'upgrade', string> = {
  tunnel: `CONNECT app.test:443 HTTP/1.1\r\nHost: app.test\r\nX: ${'x'.repeat(9000)}\r\n\r\n`,
  upgrade: 'GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  page: `GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\nX: ${'x'.repeat(9000)}\r\n\r\n`,
};

test.each(kinds.filter((kind) => kind !== 'allow'))(
  '%s happens to the second request alone when told so',
  async (kind) => {
    let applied = 0;
    for (const request of Object.values(requests)) {
      await using lab = await startProxyLab({
        limits: { connections: 50 },
        rules: [{ when: { nth: 2 }, then: { kind, ...least[kind] } }],
      });
      await lab.origin(80, fine);
      await lab.origin(443);
      const seen: string[][] = [];
      for (let count = 0; count < 3; count += 1) {
        const client = await lab.dial();
        client.send(request);
        await lab.settled();
        seen.push(lab.events('lab.behaviour').map((behaviour) => behaviour.kind));
        client.connection.destroy();
        // A restart takes its time.
        await lab.world.clock.sleep(20_000);
      }
      const [before = [], during = []] = seen;
      expect([before, lab.events('lab.behaviour').length]).toEqual([[], during.length]);
      if (during.length > 0) expect(during).toEqual([kind]);
      applied += during.length;
    }
    expect(applied).toBeGreaterThan(0);
  },
);

/** No failure mode of the catalogue needs these; tests of this room ask for them. */
const withoutStory: Record<string, string> = {
  'answer-timeout': 'tunnel-response-wait-short shows a tunnel, where no 504 can be said',
  limit: 'policy-503-overload answers by its rules, so that it can also leave the reason out',
  'silent-drop': 'a device that forgets is idle-timeout, one that loses large packets is mtu-blackhole',
  throttle:
    'how long a rate makes of a TLS handshake depends on the random length of signatures; tunnel-throttle delays',
  truncate: 'what is cut in a tunnel looks like tunnel-half-close, what is cut in a script is done by its host',
};

test('every behaviour ships in a scenario, or it is said why not', () => {
  const folder = join(import.meta.dirname, '..', '..', 'scenarios');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const absent = kinds.filter((kind) => !new RegExp(`(kind|behaviour|then): '?${kind}\\b`).test(text));
  expect(absent).toEqual(Object.keys(withoutStory));
});
