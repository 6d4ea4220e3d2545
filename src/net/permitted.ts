/** Whether this user may listen on a port of 127.0.0.1: for saying so before somebody needs it. */
import { createServer } from 'node:net';

/** The error that listening ends with; null when it works. Port 0 stands for any port. */
export function listenError(port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error));
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(null)));
  });
}
