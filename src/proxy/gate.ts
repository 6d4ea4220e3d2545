/** Where clients come in: the listener, the connections that stand, and how many there may be. */
import type { Connection } from '../net/connection.ts';
import type { Listener } from '../net/net.ts';
import { bytesOf, errorAnswer, headOf } from './answer.ts';
import type { ProxyContext } from './context.ts';
import type { ProxySpec } from './spec.ts';

export interface Gate extends AsyncDisposable {
  readonly listener: Listener;
  /** Ends all connections and listens again after `ms` of lab time. */
  restart: (ms: number, how: 'fin' | 'rst') => Promise<void>;
}

type Limits = NonNullable<ProxySpec['limits']>;

export async function openGate(
  context: ProxyContext,
  limits: Limits | undefined,
  serve: (connection: Connection) => void,
): Promise<Gate> {
  const { net, host, port, clock, activity, signal } = context;
  const connections = new Set<Connection>();
  const listen = (): Promise<Listener> =>
    net.listen(host, port, (connection) => {
      const excess = limits && tooMany(limits, connections, connection);
      connections.add(connection);
      connection.once('close', () => connections.delete(connection));
      if (excess === undefined) serve(connection);
      else turnAway(context, excess, connection);
    });
  let listener = await listen();
  let down = false;
  const open = async (): Promise<void> => {
    if (signal.aborted) return;
    listener = await activity.during(listen());
    down = false;
    if (signal.aborted) await listener[Symbol.asyncDispose]();
  };
  return {
    get listener() {
      return listener;
    },
    async restart(ms, how) {
      if (down) return;
      down = true;
      await listener[Symbol.asyncDispose]();
      context.pool.destroy();
      for (const connection of connections) {
        if (how === 'rst') connection.reset();
        else connection.destroy();
      }
      clock.after(ms, () => void open(), { background: true });
    },
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      for (const connection of connections) connection.destroy();
    },
  };
}

interface Excess {
  says: string;
  how: Limits['excess'];
}

function tooMany(
  { connections = Infinity, perAddress = Infinity, excess }: Limits,
  standing: ReadonlySet<Connection>,
  { remoteAddress }: Connection,
): Excess | undefined {
  if (standing.size >= connections) return { says: `takes ${connections} connections at once`, how: excess };
  const same = [...standing].filter((connection) => connection.remoteAddress === remoteAddress).length;
  return same >= perAddress ? { says: `takes ${perAddress} connections from one address`, how: excess } : undefined;
}

function turnAway(context: ProxyContext, { says, how }: Excess, connection: Connection): void {
  context.pen.write('lab.behaviour', { part: `proxy:${context.name}`, kind: 'limits', says });
  connection.once('end', () => connection.end()).resume();
  // Once it stands at the other end too.
  if (how === 'reset') context.clock.after(0, () => connection.reset());
  else if (how === 'close') connection.end();
  else if (how === '503') {
    const answer = errorAnswer(context.pseudonym, 503, 'connection_limit_reached', `this proxy ${says}`);
    connection.once('data', () => connection.end(bytesOf(headOf(answer, { final: true, tunnel: false }), answer)));
  }
}
