/** The preset `entra`: every host and port of the documented list answers, and its addresses change week by week. */
import { expect, test } from 'vitest';

import { runScenario } from '../../src/run/run.ts';
import { useOf } from '../../src/diagnosis/service-hosts.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { viewOf } from '../../src/trace/view.ts';
import { inRange } from '../../src/range.ts';
import { presets } from '../../src/scenario/presets/index.ts';
import { rangeFile, rangeFilePath } from '../../src/scenario/presets/range-file.ts';
import { scenarioFrom } from '../kit/scenarios.ts';

async function eventsOf(steps: string, lab = 'extends: entra'): Promise<readonly TraceEvent[]> {
  const [scenario] = await scenarioFrom(`
version: 1
id: preset
name: The service's side
lab: { ${lab} }
clients:
  any: { profile: dotnet-framework, settings: { defaultProxy: { enabled: false } }, certificates: [connector] }
steps:
${steps}
expect: { diagnosis: none }
`);
  if (!scenario) throw new Error('nothing was loaded');
  const { events, broken } = await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 });
  expect(broken).toBeUndefined();
  return events;
}

const fetch = (url: string): string => `  - fetch: { url: '${url}', client: any }`;

const statuses = (events: readonly TraceEvent[]) =>
  viewOf(events)
    .ofType('client.finished')
    .map(({ data }) => [data.url, data.status]);

/** Documented: connector ports and hosts, 2024 to 2026; one name stands for each wildcard. */
const documented: Record<string, string> = {
  'https://tenant.msappproxy.net/bootstrap': 'service',
  'https://connectorregistrationca.msappproxy.net/register': 'service',
  'https://tenant.servicebus.windows.net/': 'service',
  'http://crl3.digicert.com/DigiCertGlobalRootG2.crl': 'certificates',
  'http://crl4.digicert.com/DigiCertGlobalRootG2.crl': 'certificates',
  'http://ocsp.digicert.com/': 'certificates',
  'http://crl.microsoft.com/pki/crl/products/microsoftrootcert.crl': 'certificates',
  'http://oneocsp.microsoft.com/ocsp': 'certificates',
  'http://ocsp.msocsp.com/': 'certificates',
  'https://login.windows.net/': 'sign-in',
  'https://secure.aadcdn.microsoftonline-p.com/': 'sign-in',
  'https://login.microsoftonline.com/': 'sign-in',
  'https://aadcdn.msauth.net/': 'sign-in',
  'https://aadcdn.msauthimages.net/': 'sign-in',
  'https://logincdn.msecnd.net/': 'sign-in',
  'https://aadcdn.msftauth.net/': 'sign-in',
  'https://aadcdn.msftauthimages.net/': 'sign-in',
  'https://api.phonefactor.net/': 'sign-in',
  'https://enterpriseregistration.windows.net/': 'sign-in',
  'https://management.azure.com/': 'sign-in',
  'https://policykeyservice.dc.ad.msft.net/': 'sign-in',
  'https://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootstl.cab': 'sign-in',
  'https://www.microsoft.com/pkiops/certs/intermediate.crt': 'sign-in',
  'http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootstl.cab': 'trust',
  'http://www.microsoft.com/pkiops/crl/intermediate.crl': 'trust',
};

test('every host and port of the list answers, for what the list has it', async () => {
  const urls = Object.keys(documented);
  const events = await eventsOf(urls.map(fetch).join('\n'));
  expect(statuses(events)).toEqual(urls.map((url) => [url, 200]));
  for (const [url, use] of Object.entries(documented)) {
    const { hostname, protocol } = new URL(url);
    expect(useOf(hostname, protocol === 'https:' ? 443 : 80), url).toBe(use);
  }
  const names = new Set(Object.keys(documented).map((url) => new URL(url).hostname));
  const known = Object.keys(presets.entra.hosts).filter(
    (name) => !/^(tenant-b|relay|west\.relay|download)\./.test(name),
  );
  expect(known.filter((name) => !names.has(name))).toEqual([]);
});

test('the service asks for the connector’s certificate and turns away who has none', async () => {
  const events = await eventsOf(fetch('https://tenant.msappproxy.net/bootstrap'));
  expect(viewOf(events).ofType('origin.request')[0]?.data.clientCertificate).toContain('connector');
  const [bare] = await scenarioFrom(`
version: 1
id: bare
name: Nobody in particular
lab: { extends: entra }
clients: { any: { profile: curl } }
steps:
  - fetch: { url: https://tenant.msappproxy.net/bootstrap, client: any }
    expect: { status: 403 }
  - fetch: { url: https://tenant.servicebus.windows.net/, client: any }
    expect: { status: 403 }
`);
  if (!bare) throw new Error('nothing was loaded');
  expect((await runScenario(bare, { clock: 'virtual', bytes: false, timeout: 20_000 })).verdict).toBe('passed');
});

test('week by week the two service names move to addresses of a newer list, and serve there', async () => {
  const ask = ['https://tenant.msappproxy.net/bootstrap', 'https://tenant.servicebus.windows.net/']
    .map(fetch)
    .join('\n');
  const events = await eventsOf([ask, '  - advance: 7d', ask, '  - advance: 7d', ask].join('\n'));
  expect(statuses(events).map(([, status]) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  const reached = viewOf(events)
    .ofType('tcp.opened')
    .map(({ data }) => data.to);
  expect(reached).toEqual([
    '203.0.113.10:443',
    '203.0.113.20:443',
    '203.0.113.11:443',
    '203.0.113.20:443',
    '203.0.113.11:443',
    '203.0.113.21:443',
  ]);
});

test('a scenario with records of its own for a week, or rules of its own, decides itself', async () => {
  const events = await eventsOf(
    `  - advance: 21d\n${fetch('https://tenant.msappproxy.net/bootstrap')}`,
    'extends: entra, dns: { rules: [] }',
  );
  expect(viewOf(events).ofType('tcp.opened')[0]?.data.to).toBe('203.0.113.10:443');
});

interface RangeFile {
  changeNumber: number;
  cloud: string;
  values: { name: string; properties: { addressPrefixes: string[] } }[];
}

/** The prefixes of a tag, as the file at download.microsoft.com has them in that week. */
async function listIn(week: number, cloud: 'Public' | 'AzureGovernment' = 'Public', tag = 'AzureCloud') {
  const [scenario] = await scenarioFrom(`
version: 1
id: ranges
name: The published ranges
lab: { extends: entra }
clients: { admin: { profile: curl } }
steps: [${week > 0 ? `{ advance: ${week * 7}d }, ` : ''}{ fetch: { url: 'https://download.microsoft.com${rangeFilePath(cloud)}', client: admin } }]
expect: { diagnosis: none }
`);
  if (!scenario) throw new Error('nothing was loaded');
  const { events } = await runScenario(scenario, { clock: 'virtual', bytes: true, timeout: 20_000 });
  const length = viewOf(events).ofType('origin.response')[0]?.data.length;
  const text = rangeFile(cloud, week);
  // What is served is the list of that week, byte for byte as long.
  expect(length).toBe(Buffer.byteLength(text));
  const file = JSON.parse(text) as RangeFile;
  return { ...file, prefixes: file.values.find(({ name }) => name === tag)?.properties.addressPrefixes ?? [] };
}

test('each week’s list has every address that the service has in that week, and last week’s has not', async () => {
  const ask = ['https://tenant.msappproxy.net/bootstrap', 'https://tenant.servicebus.windows.net/'].map(fetch);
  for (const week of [0, 1, 2]) {
    const events = await eventsOf([...(week > 0 ? [`  - advance: ${week * 7}d`] : []), ...ask].join('\n'));
    const reached = viewOf(events)
      .ofType('tcp.opened')
      .map(({ data }) => data.to.replace(':443', ''));
    const { prefixes, changeNumber } = await listIn(week);
    expect(changeNumber).toBe(301 + week);
    expect(reached.filter((ip) => !prefixes.some((prefix) => inRange(prefix, ip)))).toEqual([]);
    if (week === 0) continue;
    const before = await listIn(week - 1);
    expect(reached.some((ip) => !before.prefixes.some((prefix) => inRange(prefix, ip)))).toBe(true);
  }
});

test('the government’s list has none of the public cloud’s addresses', async () => {
  const { prefixes, cloud } = await listIn(0, 'AzureGovernment');
  expect(cloud).toBe('AzureGovernment');
  expect(prefixes.some((prefix) => inRange(prefix, '203.0.113.10'))).toBe(false);
});
