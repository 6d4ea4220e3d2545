import type { ClientError } from '../../trace/events.ts';
import type { Dialect, Trouble } from '../dialect.ts';
import { dotnetFramework } from './dotnet-framework.ts';

export const dotnet: Dialect = {
  ...dotnetFramework,
  name: 'dotnet',
  summary: 'HttpClient of .NET (Core) on Windows: the environment, else the settings of the account.',
  basis: 'SystemProxyInfo, HttpEnvironmentProxy and HttpWindowsProxy of dotnet/runtime read in source. Not run.',
  open: {
    pac: 'Scripts are evaluated by WinHTTP, whose rules are taken; the list of proxies of its own is not simulated.',
    error: 'The texts are from general knowledge; their causes are sure, their wording is not.',
    'connect.headers': 'Host with the port, and nothing else.',
  },
  chooser: 'dotnet',
  pac: 'winhttp',
  connect: {
    ...dotnetFramework.connect,
    headers: (host, port) => [['Host', `${host}:${port}`]],
    largestHead: 64 * 1024,
  },
  auth: { schemes: ['basic'], digest: [], unasked: false, remembers: true },
  request: { ...dotnetFramework.request, headers: (host) => [['Host', host]], statusIsError: false },
  error: (trouble) => ({ ...say(trouble), cause: trouble.code }),
  synchronousError: (trouble) => ({ ...say(trouble), cause: trouble.code }),
};

function say({ where, code, host, port, status, detail }: Trouble): Omit<ClientError, 'cause'> {
  const exception = (text: string) => ({ name: 'System.Net.Http.HttpRequestException', text });
  const at = `(${host}:${port})`;
  if (status !== undefined && where === 'tunnel')
    return exception(`The proxy tunnel request to proxy failed with status code '${status}'.`);
  if (code.startsWith('dns.')) return exception(`No such host is known. ${at}`);
  if (code === 'tcp.refused')
    return exception(`No connection could be made because the target machine actively refused it. ${at}`);
  if (code === 'tcp.timeout')
    return exception(`A connection attempt failed because the connected party did not properly respond. ${at}`);
  if (code.startsWith('tls.')) return exception('The SSL connection could not be established, see inner exception.');
  return exception(detail);
}
