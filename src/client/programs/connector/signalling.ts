import { sayDuration } from '../../../duration.ts';
import type { Phase, Stage } from '../../program.ts';
import type { ConnectorOptions } from './options.ts';

/** Service Bus: direct TCP first, HTTPS on 443 only when that fails. */
export const signalling: Phase<ConnectorOptions> = {
  name: 'signalling',
  basis: 'documented',
  summary:
    'Service Bus tries direct TCP first and falls back to HTTPS on 443. Which TCP ports the connector opens, in which ' +
    'order, and when it uses a WebSocket is not documented.',
  says: ({ serviceBus, ports }) => `connects to ${serviceBus}, direct TCP ${ports.join(', ')} first, then HTTPS`,
  run: async (stage, options) => {
    const { client } = stage;
    const { serviceBus, ports } = options;
    const began = client.now();
    for (const port of ports) {
      if (await client.connectDirect(serviceBus, port)) return { ok: true, says: `direct TCP on port ${port}` };
    }
    const spent = client.now() - began;
    const { error, route } = await client.request(`https://${serviceBus}/`, {});
    if (!error) return { ok: true, says: `HTTPS by ${route ?? 'no route'} after ${sayDuration(spent)} on direct TCP` };
    if (options.webSocket && (await opensWebSocket(stage, serviceBus))) return { ok: true, says: 'a WebSocket' };
    return { ok: false, says: `neither direct TCP nor HTTPS: ${error.text}` };
  },
};

/** The way of a WebSocket, which .NET always tunnels; its opening handshake is not simulated. */
async function opensWebSocket({ client }: Stage, host: string): Promise<boolean> {
  const { error } = await client.tunnel(`${host}:443`, 'wss');
  return error === null;
}
