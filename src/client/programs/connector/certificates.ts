import type { Phase } from '../../program.ts';
import type { ConnectorOptions } from './options.ts';

/** CryptoAPI fetches through WinHTTP and sees no `.exe.config` (documented). */
export const certificates: Phase<ConnectorOptions> = {
  name: 'certificates',
  basis: 'documented',
  summary:
    'Windows verifies the service’s certificate by CRL and OCSP on port 80, through WinHTTP, which does not see ' +
    'defaultProxy. When and how often it asks, and what comes of a failure, is not documented for the connector. ' +
    'Here it asks without a question about a certificate, and reads no answer.',
  says: ({ checks }) => `Windows checks certificates: ${checks.join(', ')}`,
  optional: true,
  run: async ({ actor }, { checks }) => {
    const failed: string[] = [];
    for (const url of checks) {
      const { error, status } = await actor('certificates').request(url, {});
      if (error) failed.push(`${url}: ${error.text}`);
      else if (status !== null && status >= 400) failed.push(`${url}: status ${status}`);
    }
    if (failed.length > 0) return { ok: false, says: `revocation is unknown: ${failed.join('; ')}` };
    return { ok: true, says: 'every list and responder answers' };
  },
};
