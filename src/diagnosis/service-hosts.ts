/**
 * The connector's required destinations as Microsoft lists them (2024 to 2026): what a name is for, by its port. Public
 * knowledge, so a rule may read a name of a trace with it.
 */
import { globPattern } from '../glob.ts';

/** `service`: connector ↔ service. `certificates`: CRL and OCSP. `trust`: trust list and intermediates. */
export type Use = 'service' | 'sign-in' | 'certificates' | 'trust';

interface Row {
  use: Use;
  ports: readonly number[];
  names: readonly string[];
}

/** The two wildcards by which everything between connector and service goes. */
export const serviceWildcards = ['*.msappproxy.net', '*.servicebus.windows.net'] as const;

const rows: readonly Row[] = [
  { use: 'service', ports: [443], names: serviceWildcards },
  {
    use: 'certificates',
    ports: [80],
    names: [
      'crl3.digicert.com',
      'crl4.digicert.com',
      'ocsp.digicert.com',
      'crl.microsoft.com',
      'oneocsp.microsoft.com',
      'ocsp.msocsp.com',
    ],
  },
  {
    use: 'sign-in',
    ports: [443],
    names: [
      'login.windows.net',
      'secure.aadcdn.microsoftonline-p.com',
      '*.microsoftonline.com',
      '*.microsoftonline-p.com',
      '*.msauth.net',
      '*.msauthimages.net',
      '*.msecnd.net',
      '*.msftauth.net',
      '*.msftauthimages.net',
      '*.phonefactor.net',
      'enterpriseregistration.windows.net',
      'management.azure.com',
      'policykeyservice.dc.ad.msft.net',
      'ctldl.windowsupdate.com',
      'www.microsoft.com',
    ],
  },
  { use: 'trust', ports: [80], names: ['ctldl.windowsupdate.com', 'www.microsoft.com'] },
];

const matches = (pattern: string, host: string): boolean => globPattern(pattern).test(host);

/** What the connector or its installation needs this host and port for; undefined when it is not in the list. */
export const useOf = (host: string, port: number): Use | undefined =>
  rows.find(({ ports, names }) => ports.includes(port) && names.some((name) => matches(name, host)))?.use;

/** The entry of the list that stands for this name, as an allow list would have it. */
export const listedAs = (host: string, port: number): string | undefined =>
  rows
    .filter(({ ports }) => ports.includes(port))
    .flatMap(({ names }) => names.filter((name) => matches(name, host)))[0];

/** Whether the list has this name at all, whatever the port. */
export const isListed = (host: string): boolean => rows.some(({ names }) => names.some((name) => matches(name, host)));

/** The wildcard of the service that a name falls under. */
export const wildcardOf = (host: string): string | undefined =>
  serviceWildcards.find((wildcard) => matches(wildcard, host));
