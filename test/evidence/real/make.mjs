/**
 * Makes the captures beside this file: real programs meet one fault each, in network namespaces, while dumpcap listens on
 * the client's machine. Needs root, ip (iproute2), dumpcap and editcap, curl, Chromium, Firefox and Node 24.
 *
 *   node test/evidence/real/make.mjs [name…] [--keep FOLDER]
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { cases as first } from './cases.mjs';
import { cases as second } from './second-cases.mjs';

const cases = [...first, ...second];
const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const keepAt = words.indexOf('--keep');
const out = keepAt < 0 ? join(here, 'captures') : words.splice(keepAt, 2)[1];
const work = mkdtempSync(join(tmpdir(), 'paclab-real-'));
const near = 'paclab-near';
const far = 'paclab-far';
const sh = (text) => execFileSync('sh', ['-c', text], { stdio: ['ignore', 'pipe', 'pipe'] });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function certificates() {
  const make = (name, { subject, names = subject, days = 3650, start }) => {
    sh(`cd ${work} && openssl req -newkey rsa:2048 -nodes -keyout ${name}.key -subj "/CN=${subject}" -out ${name}.csr`);
    writeFileSync(join(work, `${name}.ext`), `subjectAltName=DNS:${names}`);
    const dates = start ? `-not_before ${start[0]} -not_after ${start[1]}` : `-days ${days}`;
    return { dates, name };
  };
  sh(
    `cd ${work} && openssl req -x509 -newkey rsa:2048 -nodes -keyout public-ca.key -out public-ca.pem -days 3650 -subj "/CN=Example Public CA"`,
  );
  sh(
    `cd ${work} && openssl req -x509 -newkey rsa:2048 -nodes -keyout inspector.key -out inspector.pem -days 3650 -subj "/CN=Example Inspection CA"`,
  );
  const leaves = [
    ['origin', 'public-ca', 'tenant.msappproxy.net', 'tenant.msappproxy.net', 3650],
    ['substitute', 'inspector', 'tenant.msappproxy.net', 'tenant.msappproxy.net', 3650],
    ['misnamed', 'public-ca', 'portal.corp.example', 'portal.corp.example', 3650],
    ['expired', 'public-ca', 'tenant.msappproxy.net', 'tenant.msappproxy.net', -400],
  ];
  for (const [name, ca, subject, names, days] of leaves) {
    make(name, { subject, names });
    const dates =
      days > 0
        ? `openssl x509 -req -in ${name}.csr -CA ${ca}.pem -CAkey ${ca}.key -CAcreateserial -days ${days} -extfile ${name}.ext -out ${name}.pem`
        : `mkdir -p ca && : > ca/index && openssl ca -batch -notext -keyfile ${ca}.key -cert ${ca}.pem -in ${name}.csr -out ${name}.pem -startdate 20240101000000Z -enddate 20240201000000Z -extfile ${name}.ext -config ca.cnf`;
    sh(`cd ${work} && ${dates}`);
  }
}

function network() {
  down();
  sh(
    [
      `ip netns add ${near}`,
      `ip netns add ${far}`,
      `ip -n ${near} link add eth0 type veth peer name eth0 netns ${far}`,
      `ip -n ${near} addr add 10.20.0.10/24 dev eth0`,
      ...['2', '5', '8', '9'].map((last) => `ip -n ${far} addr add 10.20.0.${last}/24 dev eth0`),
      ...['10', '20'].map((last) => `ip -n ${far} addr add 203.0.113.${last}/32 dev lo`),
      `ip -n ${near} link set lo up`,
      `ip -n ${far} link set lo up`,
      `ip -n ${near} link set eth0 up`,
      `ip -n ${far} link set eth0 up`,
      `ip -n ${near} route add default via 10.20.0.2`,
      `ip netns exec ${far} sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'`,
      // Silence, and a router's word.
      `ip -n ${far} route add blackhole 203.0.113.99/32`,
      `ip -n ${far} route add prohibit 203.0.113.77/32`,
      `ip -n ${far} route add blackhole 10.20.9.0/24`,
      `mkdir -p /etc/netns/${near}`,
      `printf 'nameserver 10.20.0.2\\nsearch corp.example\\noptions timeout:1 attempts:2\\n' > /etc/netns/${near}/resolv.conf`,
    ].join(' && '),
  );
}

function down() {
  for (const name of [near, far]) spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
  rmSync(`/etc/netns/${near}`, { recursive: true, force: true });
}

/** A real proxy, with lines of its own configuration. */
function startSquid(lines) {
  const file = join(work, 'squid.conf');
  const base = `http_port 10.20.0.8:8080\ndns_nameservers 10.20.0.2\npid_filename none\naccess_log none\ncache_log /dev/null\ncache deny all\nnetdb_filename none\nshutdown_lifetime 0\nvisible_hostname proxy.corp.example\n`;
  writeFileSync(file, `${base}${lines.join('\n')}\n`);
  return spawn('ip', ['netns', 'exec', far, 'squid', '-N', '-f', file], { stdio: 'ignore' });
}

async function capture({ name, fault, run, keys, seconds = 0 }) {
  const server = spawn(
    'ip',
    ['netns', 'exec', far, process.execPath, join(here, 'world.mjs'), JSON.stringify(fault), work],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await new Promise((resolve) => server.stdout.once('data', resolve));
  const squid = fault.squid ? startSquid(fault.squid) : undefined;
  if (squid) await sleep(2500);
  const raw = join(work, `${name}.raw.pcapng`);
  const sniffer = spawn('ip', ['netns', 'exec', near, 'dumpcap', '-q', '-i', 'eth0', '-w', raw], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise((resolve) => {
    let said = '';
    sniffer.stderr.on('data', (text) => {
      said += text;
      if (/File:/.test(said)) resolve();
    });
  });
  await sleep(300);
  const home = mkdtempSync(join(work, 'home-'));
  const log = join(work, `${name}.keys`);
  const env = { PATH: process.env.PATH, HOME: home, ...(keys ? { SSLKEYLOGFILE: log } : {}) };
  const command = run({ work, home, node: process.execPath, here });
  spawnSync('ip', ['netns', 'exec', near, ...command], {
    env,
    stdio: 'ignore',
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  await sleep(500 + seconds * 1000);
  sniffer.kill('SIGINT');
  await new Promise((resolve) => sniffer.once('exit', resolve));
  server.kill('SIGKILL');
  squid?.kill('SIGKILL');
  // By way of pcap: nothing of this machine stays in the file.
  const plain = join(work, `${name}.pcap`);
  execFileSync('editcap', ['-F', 'nsecpcap', raw, plain]);
  if (keys && existsSync(log))
    execFileSync('editcap', ['--inject-secrets', `tls,${log}`, plain, join(out, `${name}.pcapng`)]);
  else execFileSync('cp', [plain, join(out, `${name}.pcap`)]);
}

const config = `[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=./ca\ndatabase=./ca/index\nserial=./ca/serial\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nemail_in_dn=no\n[p]\ncommonName=supplied\n`;

try {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(work, 'ca.cnf'), config);
  certificates();
  network();
  for (const one of cases) {
    if (words.length > 0 && !words.includes(one.name)) continue;
    await capture(one);
    process.stdout.write(`${one.name}\n`);
  }
} finally {
  down();
  rmSync(work, { recursive: true, force: true });
}
