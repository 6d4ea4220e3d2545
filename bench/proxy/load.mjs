/** What is measured: load on loopback sockets, each for a while; operations and what they cost the proxy's process. */
import { readFileSync, readdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';

const host = '127.0.0.1';
const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world!');
const block = Buffer.alloc(64 * 1024, 'x');
const ticksPerSecond = 100;

/** Origins: HTTP of 13 bytes, the same over TLS, an echo, and a source of bytes. */
export async function startOrigins(secure) {
  const serve = (socket) => {
    socket.setNoDelay?.(true);
    socket.on('error', () => undefined);
    let rest = '';
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1');
      const heads = rest.split('\r\n\r\n');
      rest = heads.pop() ?? '';
      for (const _head of heads) socket.write(answer);
    });
  };
  const echo = (socket) => socket.on('error', () => undefined).pipe(socket);
  const pour = (socket) => {
    socket.on('error', () => undefined).resume();
    const more = () => {
      while (!socket.destroyed && socket.write(block));
    };
    socket.on('drain', more);
    more();
  };
  const servers = [createServer(serve), createTlsServer(secure, serve), createServer(echo), createServer(pour)];
  for (const server of servers)
    await new Promise((resolve) => server.listen({ host, port: 0, backlog: 4096 }, resolve));
  const [plain, tls, echoing, pouring] = servers.map((server) => server.address().port);
  return { plain, tls, echo: echoing, pour: pouring };
}

/** Runs a load and gives operations per second and CPU microseconds per operation of the process. */
async function measured(pid, seconds, start) {
  const state = { count: 0, over: false };
  const stop = await start(state);
  await sleep(200);
  const [before, cpuBefore, at] = [state.count, cpuOf(pid), performance.now()];
  await sleep(seconds * 1000);
  const [count, cpu, elapsed] = [state.count - before, cpuOf(pid) - cpuBefore, (performance.now() - at) / 1000];
  state.over = true;
  stop();
  await sleep(50);
  return { rate: count / elapsed, cost: (cpu / Math.max(1, count)) * 1e6 };
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** More than the two clocks of the kernel differ by; what is beyond it was spent by threads that have ended. */
const clocksDiffer = 0.05;

/** Seconds of CPU, of the process and all of its threads; fine where the kernel is, and no thread has ended. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const whole = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  try {
    let spent = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`))
      spent += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    return whole - spent / 1e9 > clocksDiffer ? whole : spent / 1e9;
  } catch {
    return whole;
  }
}

export function residentKiB(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

/** Asks again and again on kept connections; one that is closed is opened anew. */
function asking(open, request, state) {
  const sockets = new Set();
  const begin = () => {
    if (state.over) return;
    const socket = open();
    sockets.add(socket);
    let received = 0;
    const ask = () => socket.write(request);
    let size = 0;
    socket
      .on('ready', ask)
      .on('secureConnect', ask)
      .on('data', (chunk) => {
        received += chunk.length;
        if (size === 0) {
          const end = chunk.indexOf('\r\n\r\n');
          const length = /content-length: (\d+)/i.exec(chunk.toString('latin1'))?.[1];
          size = end + 4 + Number(length ?? 13);
        }
        if (received < size) return;
        received = 0;
        size = 0;
        state.count += 1;
        ask();
      });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      setImmediate(begin);
    });
  };
  return { begin, end: () => sockets.forEach((socket) => socket.destroy()) };
}

export const plainGets = ({ pid, port }, origins, seconds) =>
  measured(pid, seconds, (state) => {
    const at = `${host}:${origins.plain}`;
    const request = `GET http://${at}/ HTTP/1.1\r\nHost: ${at}\r\n\r\n`;
    const { begin, end } = asking(() => connect({ host, port, noDelay: true }), request, state);
    for (let index = 0; index < 32; index += 1) begin();
    return end;
  });

/** CONNECT, and the socket once the proxy has said 200; null when it has not. */
export function tunnel(port, destination) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true });
    const leave = () => resolve(null);
    socket.on('error', () => undefined).once('close', leave);
    socket.once('connect', () =>
      socket.write(`CONNECT ${host}:${destination} HTTP/1.1\r\nHost: ${host}:${destination}\r\n\r\n`),
    );
    socket.once('data', (head) => {
      socket.removeListener('close', leave);
      socket.pause();
      if (head.includes(' 200 ')) resolve(socket);
      else socket.destroy(resolve(null));
    });
  });
}

export const tunnels = ({ pid, port }, origins, seconds) =>
  measured(pid, seconds, (state) => {
    const work = async () => {
      while (!state.over) {
        const socket = await tunnel(port, origins.echo);
        if (!socket) continue;
        const echoed = new Promise((resolve) => socket.once('data', resolve).once('close', () => resolve(null)));
        socket.write('\n\n\n');
        socket.resume();
        if (await echoed) state.count += 1;
        socket.destroy();
      }
    };
    for (let index = 0; index < 32; index += 1) void work();
    return () => undefined;
  });

export const intercepted = ({ pid, port }, origins, seconds) =>
  measured(pid, seconds, async (state) => {
    const request = `GET / HTTP/1.1\r\nHost: ${host}:${origins.tls}\r\n\r\n`;
    const open = [];
    const begin = async () => {
      const below = await tunnel(port, origins.tls);
      if (!below || state.over) return;
      const { begin: ask, end } = asking(() => connectTls({ socket: below, rejectUnauthorized: false }), request, {
        ...state,
        get over() {
          return state.over || open.includes(end);
        },
        get count() {
          return state.count;
        },
        set count(count) {
          state.count = count;
        },
      });
      ask();
      open.push(end);
    };
    await Promise.all(Array.from({ length: 16 }, begin));
    return () => open.forEach((end) => end());
  });

/** Operations are megabytes. */
const bulk =
  (count) =>
  ({ pid, port }, origins, seconds) =>
    measured(pid, seconds, async (state) => {
      const sockets = [];
      const begin = async () => {
        const socket = await tunnel(port, origins.pour);
        if (!socket) return;
        sockets.push(socket);
        socket.write('\n');
        socket.on('data', (chunk) => (state.count += chunk.length / 1e6)).resume();
      };
      await Promise.all(Array.from({ length: count }, begin));
      return () => sockets.forEach((socket) => socket.destroy());
    });

export const bulkOne = bulk(1);
export const bulkMany = bulk(64);

/** A tunnel through which something has gone: some dial only then. */
async function usedTunnel(port, destination) {
  const socket = await tunnel(port, destination);
  if (!socket) return null;
  const echoed = new Promise((resolve) =>
    socket.once('data', () => resolve(socket)).once('close', () => resolve(null)),
  );
  socket.write('\n');
  socket.resume();
  return echoed;
}

/** KiB of resident memory per idle tunnel. */
export async function idleMemory({ pid, port }, origins, count) {
  await sleep(200);
  const before = residentKiB(pid);
  const sockets = [];
  for (let index = 0; index < count; index += 100)
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => usedTunnel(port, origins.echo)))));
  await sleep(500);
  const after = residentKiB(pid);
  const standing = sockets.filter(Boolean);
  for (const socket of standing) socket.destroy();
  await sleep(300);
  return { standing: standing.length, each: (after - before) / Math.max(1, standing.length), total: after };
}
