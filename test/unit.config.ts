/** The tests of `npm run check`: all but those named here, which `npm test` runs as well. */
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

/** They start browsers, containers, Wireshark, other proxies, or the built program. */
const realPrograms = [
  'test/{control,docker,fidelity,publish,web}/**',
  'test/cli/{programs,up,watch,workers}.test.ts',
  'test/capture/{shipped,wireshark}.test.ts',
  'test/evidence/{filters,wire}.test.ts',
  'test/library/vitest.test.ts',
  'test/proxy/battery.test.ts',
];

/** They walk the whole of something: all scenarios, all facts, combinations, attacks that end at their limit. */
const walks = [
  'test/{conformance,redact,run}/**',
  'test/diagnosis/{combinations,derived}.test.ts',
  'test/evidence/{dhcp,logs}.test.ts',
  'test/http/server.test.ts',
  'test/net/tls.test.ts',
  'test/pac/{hostile,plain,restart}.test.ts',
  'test/reproduce/hostile.test.ts',
];

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    exclude: ['node_modules/**', ...realPrograms, ...walks],
    testTimeout: 60_000,
    // Loading the product anew for each file takes longer than the tests do; nothing is kept in modules that they change.
    isolate: false,
  },
});
