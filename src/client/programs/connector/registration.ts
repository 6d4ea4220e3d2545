import type { Phase, PhaseResult, Stage } from '../../program.ts';
import type { ConnectorOptions } from './options.ts';

/** The host makes a key pair, and gets a certificate for it over TLS 1.2. */
export const registration: Phase<ConnectorOptions> = {
  name: 'registration',
  basis: 'documented',
  summary:
    'The machine gets its certificate from connectorregistrationca.msappproxy.net over TLS 1.2 or later. That the ' +
    'installer asks as the administrator is inferred.',
  says: ({ registration }) => `registers at ${registration}`,
  run: async ({ actor, client }, { registration, certificate, validFor }) => {
    const { error, status } = await actor('administrator').request(registration, { method: 'POST', body: 'request' });
    if (error) return { ok: false, says: `the trust cannot be established: ${error.text}` };
    client.obtain(certificate, validFor);
    return { ok: true, says: `certificate '${certificate}' obtained, status ${String(status)}` };
  },
};

/** Documented for NETWORK SERVICE: the renewed certificate stands in its own store. */
export const renewal: Phase<ConnectorOptions> = {
  name: 'renewal',
  basis: 'inferred',
  summary:
    'Every couple of months the connector renews its certificate itself, as NETWORK SERVICE. The host that it asks is ' +
    'inferred: that of the registration.',
  says: ({ registration }) => `renews its certificate at ${registration}`,
  every: ({ renewEvery }) => renewEvery,
  optional: true,
  run: renew,
};

async function renew(
  { client }: Stage,
  { registration, certificate, validFor }: ConnectorOptions,
): Promise<PhaseResult> {
  const { error, status } = await client.request(registration, { method: 'POST', body: 'renewal' });
  if (error) return { ok: false, says: `the certificate is not renewed: ${error.text}` };
  client.obtain(certificate, validFor);
  return { ok: true, says: `certificate '${certificate}' renewed, status ${String(status)}` };
}
