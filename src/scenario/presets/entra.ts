/**
 * The service's side of the Entra application proxy, as documented (connector ports and hosts, 2024 to 2026 lists).
 * Addresses are from the documentation range 203.0.113.0/24. The service asks for the connector's certificate and
 * answers 403 without one: the status is our inference, the loss is documented.
 */
import { revocationList } from './revocation-list.ts';

const serviceBusPorts = [5671, 5672, 9350, 9351, 9352, 9353, 9354];

/** Certificate verification and trust lists, on port 80. */
const revocation = [
  'crl3.digicert.com',
  'crl4.digicert.com',
  'ocsp.digicert.com',
  'crl.microsoft.com',
  'oneocsp.microsoft.com',
  'ocsp.msocsp.com',
];

const records = {
  'tenant.msappproxy.net': { A: '203.0.113.10' },
  'tenant.servicebus.windows.net': { A: '203.0.113.20' },
  ...Object.fromEntries(revocation.map((name, index) => [name, { A: `203.0.113.${30 + index}` }])),
};

const withCertificate = {
  certificate: 'public-ca',
  clientCertificate: 'requested',
  withoutCertificate: { status: 403 },
};

const hosts = {
  'tenant.msappproxy.net': { https: { ...withCertificate, paths: { '/bootstrap': { body: 'configuration' } } } },
  'tenant.servicebus.windows.net': {
    https: { ...withCertificate, paths: { '/': { body: 'signalling' } } },
    tcp: { ports: serviceBusPorts },
  },
  ...Object.fromEntries(
    revocation.map((name) => [name, { http: { '/*': { type: 'application/pkix-crl', body: revocationList } } }]),
  ),
};

export const entra = { dns: { suffix: 'corp.example', records }, hosts };
