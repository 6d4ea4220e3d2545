/**
 * A user's request: signalling brings it (simulated, no packet), the backend is asked, the answer goes to the service
 * with the client certificate. Limits of 85 s and 180 s are documented, and so is which page means which leg; that the
 * answer goes to *.msappproxy.net is inferred.
 */
import type { RequestResult } from '../../client.ts';
import type { Served, Serving, Stage, Visit } from '../../program.ts';
import { atLeast, since } from './options.ts';
import type { ConnectorOptions } from './options.ts';

const limits = { default: 85_000, long: 180_000 } as const;

/** No ticket is made here, and no backend of the lab reads it. */
const ticket = `Negotiate ${Buffer.from('a Kerberos ticket').toString('base64')}`;

/** Numbers and meanings: documented. */
const refusals = [
  [13_022, 'The backend answers Kerberos authentication with 401: the user cannot be authenticated.'],
  [12_008, 'The number of permitted authentication attempts at the backend is exceeded.'],
] as const;

const page = (page: NonNullable<Served['page']>, says: string): Served => ({ page, status: null, says });

export const data: Serving<ConnectorOptions> = {
  name: 'data',
  basis: 'inferred',
  summary:
    'For each request of a user the connector asks the application, with a limit of 85 s or 180 s (documented), and hands the ' +
    'answer to the service with its certificate (to *.msappproxy.net: inferred). That the request comes by signalling, and ' +
    'which page means which leg, is documented; the user’s way to the service is simulated.',
  serve,
};

async function serve(stage: Stage, options: ConnectorOptions, visit: Visit): Promise<Served> {
  if (!visit.assigned) return page('forbidden', 'the user is not assigned to the application');
  if (stage.done.get('signalling') !== true)
    return page('gateway-timeout', 'the service has no connector to hand the request to');
  const asked = await askBackend(stage, options, visit);
  const { error, status } = await stage.client.request(options.data, { method: 'POST', body: asked.says });
  if (status === 401 || status === 403) return page('internal-server-error', 'ConnectorError:Unauthorized');
  if (error) return page('gateway-timeout', `the connector cannot hand its answer to the service: ${error.text}`);
  return asked;
}

async function askBackend(stage: Stage, options: ConnectorOptions, { url, method, headers }: Visit): Promise<Served> {
  const limit = options.long ? limits.long : limits.default;
  const ask = (more: Record<string, string>): Promise<RequestResult> =>
    stage.client.request(url, { leg: 'backend', limit, method, headers: { ...headers, ...more } });
  let result = await ask({});
  if (result.status === 401 && options.singleSignOn === 'kerberos') {
    result = await ask({ Authorization: ticket });
    if (result.status === 401) for (const [id, text] of refusals) stage.log(id, text);
  }
  return readBackend(result, options, headers) ?? failed(result, limit);
}

/** The application's own answer, whatever its status. */
function readBackend(
  { error, status, route }: RequestResult,
  options: ConnectorOptions,
  headers: Visit['headers'],
): Served | undefined {
  if (status === null || (error !== null && error.cause !== 'http.status')) return undefined;
  const upgrading = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'upgrade');
  const masked = upgrading && status >= 400 && !atLeast(options, since.webSocketStatus);
  return { page: null, status: masked ? 400 : status, says: `${status} by ${route ?? 'no route'}` };
}

function failed({ error }: RequestResult, limit: number): Served {
  const text = error?.text ?? 'no answer';
  if (error?.cause === 'http.timeout') return page('timeout', `the application did not answer in ${limit / 1000} s`);
  return page('bad-gateway', `the connector cannot reach the application: ${text}`);
}
