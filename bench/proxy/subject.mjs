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

/** So many a lab that runs for days keeps; with their bytes they would be more than a benchmark should fill. */
const mostEvents = { numbers: 100_000, bytes: 2000 };

const silentPen = { dry: true, write: () => undefined, as: () => silentPen };

/** A proxy of ours between loopback sockets; destinations are outside of the lab, as its clients are. */
async function paclab({ trace: traced = false, bytes = false, behaviour }) {
  const { Activity } = await ours('activity.js');
  const { seededChance } = await ours('chance.js');
  const { realClock } = await ours('clock.js');
  const { createPki } = await ours('net/certificates.js');
  const { createFirewall, firewallSpec } = await ours('net/firewall.js');
  const { LoopbackNet } = await ours('net/loopback.js');
  const { startProxy, proxySpec } = await ours('proxy/index.js');
  const { Trace } = await ours('trace/trace.js');
  const activity = new Activity();
  const clock = realClock();
  const trace = new Trace(() => clock.now());
  // As a lab that runs for days keeps it.
  trace.limit(bytes ? mostEvents.bytes : mostEvents.numbers);
  const pen = traced ? trace.pen('bench') : silentPen;
  const firewall = createFirewall(firewallSpec.parse({}), () => []);
  const tap = { bytes, pen };
  const net = new LoopbackNet({ clock, activity, chance: seededChance(1), firewall, tap });
  const proxy = await startProxy('bench', proxySpec.parse({ listen: 'bench.test:8080', behaviour }), {
    host: { name: 'bench', owner: 'proxy:bench', ip: '10.20.0.8' },
    port: 8080,
    net,
    // The way out of a published lab.
    destination: (to) => ({ real: (host) => net.leave(host, to, () => false) }),
    clock,
    activity,
    chance: seededChance(1),
    pen,
    pki: createPki({ date: () => clock.date(), activity }),
    resolve: (wanted) => Promise.resolve({ ok: true, value: [wanted === 'localhost' ? '127.0.0.1' : wanted] }),
  });
  return proxy.real.port;
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
  'paclab-inspect-trace': () => paclab({ behaviour: inspect, trace: true }),
  'proxy-chain': proxyChain,
  mockttp,
};

try {
  process.stdout.write(`${JSON.stringify({ port: await subjects[name]() })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error.message.split('\n')[0] })}\n`);
  process.exitCode = 1;
}
