/**
 * One proxy under test, in a process of its own: `node subject.mjs NAME OPTIONS`. Prints its port as JSON when it
 * listens. OPTIONS (JSON): `dist`, `modules`, `origin` (the port of the secure origin), `authority` (PEM).
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , name, json] = process.argv;
const options = JSON.parse(json);
const ours = (file) => import(pathToFileURL(join(options.dist, file)).href);

/** Packages that are no dependencies of ours: looked for beside the repository's own, and where told. */
function load(id) {
  const places = [join(import.meta.dirname, '..', '..'), ...(options.modules ? [options.modules] : [])];
  for (const place of places) {
    try {
      return createRequire(join(place, 'x.js'))(id);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error(`${id} is not installed`);
}

const silentPen = { dry: true, write: () => undefined, as: () => silentPen };

/** A proxy of ours between loopback sockets; destinations are outside of the lab, as its clients are. */
async function paclab({ trace: traced = false, bytes = false, behaviour }) {
  const { Activity } = await ours('activity.js');
  const { seededChance } = await ours('chance.js');
  const { realClock } = await ours('clock.js');
  const { createPki } = await ours('net/certificates.js');
  const { createFirewall, firewallSpec } = await ours('net/firewall.js');
  const { LoopbackNet } = await ours('net/loopback.js');
  const { Connection } = await ours('net/connection.js');
  const { startProxy, proxySpec } = await ours('proxy/index.js');
  const { Trace } = await ours('trace/trace.js');
  const activity = new Activity();
  const clock = realClock();
  const pen = traced ? countedPen(new Trace(() => clock.now())) : silentPen;
  const firewall = createFirewall(firewallSpec.parse({}), () => []);
  const tap = { bytes, pen };
  const net = new LoopbackNet({ clock, activity, chance: seededChance(1), firewall, tap });
  let last = 1_000_000;
  const dial = (host, to) =>
    new Promise((resolve) => {
      last += 1;
      const init = {
        id: last,
        local: `${host.ip}:1`,
        remote: `${to.ip}:${to.port}`,
        sends: 'up',
        owner: host.owner,
        tap,
      };
      const connection = Connection.dialled({ host: to.ip, port: to.port }, init);
      connection.once('error', (error) =>
        resolve({ ok: false, failure: { code: 'tcp.refused', detail: error.message } }),
      );
      connection.once('connect', () => resolve({ ok: true, value: connection }));
    });
  const proxy = await startProxy('bench', proxySpec.parse({ listen: 'bench.test:8080', behaviour }), {
    host: { name: 'bench', owner: 'proxy:bench', ip: '10.20.0.8' },
    port: 8080,
    net: { listen: (...given) => net.listen(...given), dial, datagrams: net.datagrams, settled: () => net.settled() },
    clock,
    activity,
    chance: seededChance(1),
    pen,
    pki: createPki({ date: () => clock.date(), activity }),
    resolve: (wanted) => Promise.resolve({ ok: true, value: [wanted === 'localhost' ? '127.0.0.1' : wanted] }),
  });
  return proxy.real.port;
}

/** The trace of a run is short; this one would fill the memory, so it starts anew from time to time. */
function countedPen(first) {
  let trace = first;
  const penFor = (by) => ({
    write(type, data) {
      if (trace.events.length > 20_000) trace = new first.constructor(() => 0);
      trace.pen(by).write(type, data);
    },
    as: penFor,
  });
  return penFor('bench');
}

async function proxyChain() {
  const { Server } = load('proxy-chain');
  const server = new Server({ port: 0, host: '127.0.0.1' });
  await server.listen();
  return server.port;
}

async function mockttp() {
  const { getLocal, generateCACertificate } = load('mockttp');
  const https = await generateCACertificate();
  const server = getLocal({ https, recordTraffic: false, passthrough: ['unknown-protocol'] });
  await server.forUnmatchedRequest().thenPassThrough({ ignoreHostHttpsErrors: true });
  await server.start();
  return server.port;
}

const inspect = { kind: 'inspect', trust: [options.authority] };
const subjects = {
  paclab: () => paclab({}),
  'paclab-trace': () => paclab({ trace: true }),
  'paclab-bytes': () => paclab({ trace: true, bytes: true }),
  'paclab-inspect': () => paclab({ behaviour: inspect }),
  'proxy-chain': proxyChain,
  mockttp,
};

try {
  process.stdout.write(`${JSON.stringify({ port: await subjects[name]() })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error.message.split('\n')[0] })}\n`);
  process.exitCode = 1;
}
