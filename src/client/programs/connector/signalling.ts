import { sayDuration } from '../../../duration.ts';
import type { Phase, Stage } from '../../program.ts';
import type { ConnectorOptions } from './options.ts';

/** The phase is documented, these are not: a report that prints them beside its mark has to say so. */
const taken = 'which ports, is inferred';

/** Service Bus: direct TCP first, HTTPS on 443 only when that fails. */
export const signalling: Phase<ConnectorOptions> = {
  name: 'signalling',
  basis: 'documented',
  summary:
    'Service Bus tries direct TCP first and falls back to HTTPS on 443. Which TCP ports the connector opens, in which ' +
    'order, and when it uses a WebSocket is not documented.',
  says: ({ serviceBus, ports }) =>
    `connects to ${serviceBus}, direct TCP first (${taken}: ${ports.join(', ')}), then HTTPS`,
  retry: ({ retryEvery }) => retryEvery,
  run: async (stage, options) => {
    const { client } = stage;
    const { serviceBus, ports } = options;
    const began = client.now();
    for (const port of ports) {
      if (await client.connectDirect(serviceBus, port))
        return { ok: true, says: `direct TCP on port ${port} (${taken})` };
    }
    const spent = client.now() - began;
    const { error, route } = await client.request(`https://${serviceBus}/`, {});
    if (!error) return { ok: true, says: `HTTPS by ${route ?? 'no route'} after ${sayDuration(spent)} on direct TCP` };
    if (options.webSocket && (await opensWebSocket(stage, serviceBus)))
      return { ok: true, says: 'a WebSocket (that it comes last, is inferred)' };
    return { ok: false, says: `neither direct TCP nor HTTPS: ${error.text}` };
  },
};

/** Where Service Bus takes WebSockets (general knowledge of its libraries, not documented for the connector). */
const socketPath = '/$servicebus/websocket';

/** RFC 6455 4.1, with the key of its example: nobody reads it. */
const opening = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** .NET tunnels every WebSocket (read in source); what is said in it afterwards is not simulated. */
async function opensWebSocket({ client }: Stage, host: string): Promise<boolean> {
  const { status } = await client.request(`wss://${host}${socketPath}`, { headers: opening });
  return status === 101;
}
