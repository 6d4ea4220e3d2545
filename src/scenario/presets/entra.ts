/**
 * The service's side of the Entra application proxy, as documented (connector ports and hosts, 2024 to 2026 lists).
 * Where the list has a wildcard, one name stands for it. Addresses are from the documentation range 203.0.113.0/24.
 * The service asks for the connector's certificate and answers 403 without one: the status is our inference, the loss
 * is documented.
 *
 * The two service names have a second front end each, on another address. The published ranges change every week, so the
 * names move there on the virtual clock: configuration after one week, signalling after two. Whose list of addresses is
 * last week's no longer lets them out. The lists are published at download.microsoft.com, a new one every week, for the
 * public cloud and for the government's; after the third, names and lists stay as they are. A scenario may move a record
 * at another time, or give `dns.rules` of its own.
 */
import { rangeFile, rangeFilePath, rangeWeeks } from './range-file.ts';

const serviceBusPorts = [5671, 5672, 9350, 9351, 9352, 9353, 9354];

/** Port 80: certificate verification. Lists are fetched by name, responders are asked. */
const lists = ['crl3.digicert.com', 'crl4.digicert.com', 'crl.microsoft.com'];
const responders = ['ocsp.digicert.com', 'oneocsp.microsoft.com', 'ocsp.msocsp.com'];

/** Port 443: registration, "during and beyond". */
const signIn = [
  'login.windows.net',
  'login.microsoftonline.com',
  'secure.aadcdn.microsoftonline-p.com',
  'aadcdn.msauth.net',
  'aadcdn.msauthimages.net',
  'logincdn.msecnd.net',
  'aadcdn.msftauth.net',
  'aadcdn.msftauthimages.net',
  'api.phonefactor.net',
  'enterpriseregistration.windows.net',
  'management.azure.com',
  'policykeyservice.dc.ad.msft.net',
];

const addresses: Record<string, string> = {
  'tenant.msappproxy.net': '203.0.113.10',
  // Where the connector gets its certificate at registration.
  'connectorregistrationca.msappproxy.net': '203.0.113.12',
  'tenant.servicebus.windows.net': '203.0.113.20',
  // A further namespace, and one a label deeper.
  'relay.servicebus.windows.net': '203.0.113.22',
  'west.relay.servicebus.windows.net': '203.0.113.22',
  ...Object.fromEntries([...lists, ...responders].map((name, index) => [name, `203.0.113.${30 + index}`])),
  'ctldl.windowsupdate.com': '203.0.113.40',
  'www.microsoft.com': '203.0.113.41',
  'download.microsoft.com': '203.0.113.42',
  ...Object.fromEntries(signIn.map((name) => [name, '203.0.113.50'])),
};

const withCertificate = {
  certificate: 'public-ca',
  clientCertificate: 'requested',
  withoutCertificate: { status: 403 },
};

/** What the connector and its updater ask below *.msappproxy.net; the paths are ours. */
const configuration = {
  https: {
    ...withCertificate,
    paths: {
      '/bootstrap': { body: 'configuration' },
      '/data': { body: 'taken' },
      '/updates': { body: '1.5.4287.0' },
    },
  },
};
const signalling = {
  https: { ...withCertificate, paths: { '/': { body: 'signalling' }, '/$servicebus/websocket': { webSocket: true } } },
  tcp: { ports: serviceBusPorts },
};

/** A second front end of a name: its own address, the same certificate. */
const frontEnd = <T extends { https: object }>(of: T, address: string, name: string) => ({
  ...of,
  address,
  https: { ...of.https, certificate: { names: [name] } },
});

/** All of them speak for the authority that the lab's origins have their certificates from. */
const list = { crl: 'public-ca' };
const responder = { ocsp: 'public-ca' };
/** Nobody unpacks it: the signature of a cabinet file. */
const cabinet = { type: 'application/vnd.ms-cab-compressed', body: 'MSCF' };

const each = <T>(names: readonly string[], host: T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, host]));

/** Every week's list in the place of the one before. */
const rangeLists = {
  https: {
    paths: {
      [rangeFilePath('Public')]: { type: 'application/json', body: rangeFile('Public', 0) },
      [rangeFilePath('AzureGovernment')]: { type: 'application/json', body: rangeFile('AzureGovernment', 0) },
    },
  },
  rules: rangeWeeks.toReversed().map((week) => ({
    when: { path: rangeFilePath('Public'), from: `${week * 7}d` },
    then: { kind: 'other-content', body: rangeFile('Public', week) },
  })),
};

const hosts = {
  'tenant.msappproxy.net': configuration,
  'tenant-b.msappproxy.net': frontEnd(configuration, '203.0.113.11', 'tenant.msappproxy.net'),
  'connectorregistrationca.msappproxy.net': { https: { paths: { '/register': { body: 'certificate' } } } },
  'tenant.servicebus.windows.net': signalling,
  'tenant-b.servicebus.windows.net': frontEnd(signalling, '203.0.113.21', 'tenant.servicebus.windows.net'),
  ...each(['relay.servicebus.windows.net', 'west.relay.servicebus.windows.net'], {
    https: signalling.https,
  }),
  ...each(lists, { http: { '/*': list } }),
  ...each(responders, { http: { '/*': responder } }),
  'ctldl.windowsupdate.com': {
    http: { '/msdownload/update/v3/static/trustedr/en/*': cabinet },
    https: { paths: { '/msdownload/update/v3/static/trustedr/en/*': cabinet } },
  },
  'www.microsoft.com': {
    http: { '/': { type: 'text/html', body: '<title>Microsoft</title>' }, '/pkiops/*': list },
    https: { paths: { '/pkiops/*': list } },
  },
  'download.microsoft.com': rangeLists,
  ...each(signIn, { https: { paths: { '/*': { type: 'text/html', body: '<title>Sign in</title>' } } } }),
};

const records = Object.fromEntries(Object.entries(addresses).map(([name, A]) => [name, { A }]));

const move = (name: string, from: string, A: string) => ({
  when: { name, qtype: 'A', from },
  then: { kind: 'answer', A },
});

/** This week's list has 203.0.113.10 and .20, next week's .11 too, the one after .21. */
const moves = [
  move('tenant.msappproxy.net', '7d', '203.0.113.11'),
  move('tenant.servicebus.windows.net', '14d', '203.0.113.21'),
];

export const entra = { dns: { suffix: 'corp.example', records, rules: moves }, hosts };
