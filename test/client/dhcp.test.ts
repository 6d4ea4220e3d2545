import { expect, test } from 'vitest';

import { dhcpSpec } from '../../src/client/dhcp.ts';

test.each([
  {},
  { option252: 'none' },
  { option252: 'http://wpad.corp.example/wpad.dat\0', inform: 'silent' },
  { answers: [{ option252: 'none' }, { adapter: 'VPN', server: '192.168.9.3', option252: '' }] },
])('%j can be said of DHCP', (spec) => {
  expect(dhcpSpec.safeParse(spec).success).toBe(true);
});

test.each([
  { option252: 'none', answers: [{ option252: 'none' }] },
  { answers: [] },
  { answers: [{ server: 'dhcp.corp.example', option252: 'none' }] },
  { inform: 'slow' },
])('%j cannot', (spec) => {
  expect(dhcpSpec.safeParse(spec).success).toBe(false);
});
