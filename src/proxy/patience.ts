/** Waiting in the middle of a request, for as long as its client is there. */
import type { Exchange } from './exchange.ts';

/** Waits for lab time; false when the client left meanwhile, or the proxy stops. */
export async function pause({ context, leg }: Exchange, ms: number): Promise<boolean> {
  const { stream } = leg;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  // A stream that nobody reads hears no FIN; this reads no byte that is meant for somebody else.
  const look = (): void => {
    if (stream.readableLength === 0) stream.read();
  };
  stream.once('close', leave).once('end', leave);
  const unread = stream.listenerCount('data') === 0;
  if (unread) stream.on('readable', look);
  try {
    await context.clock.sleep(ms, AbortSignal.any([context.signal, gone.signal]));
    return !stream.destroyed;
  } catch {
    stream.end();
    return false;
  } finally {
    stream.removeListener('close', leave).removeListener('end', leave).removeListener('readable', look);
    // The stream learns in the next tick that it may flow again.
    if (unread) await new Promise<void>((resolve) => process.nextTick(resolve));
  }
}
