/**
 * The far side of real captures: name server, host of the proxy script, proxies and destinations with one fault, on real
 * addresses of a network namespace. Plain Node, nothing of paclab: what it does to the wire must not depend on us.
 */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer as httpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { createServer as tlsServer } from 'node:tls';

const [, , faultText, folder] = process.argv;
const fault = JSON.parse(faultText);
const pem = (name) => readFileSync(`${folder}/${name}`);

const zone = {
  'tenant.msappproxy.net': '203.0.113.10',
  'login.microsoftonline.com': '203.0.113.20',
  'proxy.corp.example': '10.20.0.8',
  'proxy2.corp.example': '10.20.0.9',
  'wpad.corp.example': '10.20.0.5',
  'www.example.com': '203.0.113.20',
  ...fault.zone,
};

const quiet = (socket) => socket.on('error', () => undefined);

function dnsAnswer(query) {
  let at = 12;
  const labels = [];
  for (let length = query[at]; length; length = query[at]) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  const name = labels.join('.').toLowerCase();
  const ip = zone[name];
  if (ip === 'silent') return undefined;
  const isA = query.readUInt16BE(at + 1) === 1;
  const head = Buffer.from(query.subarray(0, end));
  const rcode = ip === 'servfail' ? 2 : ip ? 0 : 3;
  const given = ip && isA && rcode === 0;
  head.writeUInt16BE(0x8180 | rcode, 2);
  head.writeUInt16BE(given ? 1 : 0, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  if (!given) return head;
  return Buffer.concat([head, Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...ip.split('.').map(Number)])]);
}

const dns = createSocket('udp4');
dns.on('message', (query, from) => {
  const answer = dnsAnswer(query);
  if (answer) dns.send(answer, from.port, from.address);
});
dns.bind(53, '10.20.0.2');

if (fault.wpad?.cut) {
  // Says how long the script is, and ends before.
  createServer((socket) => {
    quiet(socket);
    socket.once('data', () =>
      socket.end(
        `HTTP/1.1 200 OK\r\nContent-Type: application/x-ns-proxy-autoconfig\r\nContent-Length: ${fault.wpad.cut}\r\n\r\n${fault.wpad.body}`,
      ),
    );
  }).listen(80, '10.20.0.5');
} else if (fault.wpad) {
  httpServer((request, response) => {
    const { status = 200, type = 'application/x-ns-proxy-autoconfig', body = '', headers = {} } = fault.wpad;
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(body);
  }).listen(80, '10.20.0.5');
}

/** What a proxy does with the head of a request. */
const acts = {
  forward(socket, { host, port }) {
    const upstream = quiet(connect(port, zone[host] ?? '203.0.113.10'));
    upstream.on('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
    socket.on('close', () => upstream.destroy());
  },
  say: (socket, _to, { text }) => socket.end(text),
  reset: (socket) => socket.resetAndDestroy(),
  close: (socket) => socket.end(),
  hang: () => undefined,
  /** Opens the tunnel, and ends it when the name in the ClientHello is one that it does not want. */
  filter(socket) {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.once('data', () => socket.resetAndDestroy());
    socket.resume();
  },
  inspect(socket) {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const inner = connect(fault.innerPort ?? 9443, '10.20.0.2');
    quiet(inner);
    inner.on('connect', () => socket.pipe(inner).pipe(socket));
    socket.on('close', () => inner.destroy());
  },
};

function proxy(address, port, rules, certificate) {
  const serve = (socket) => {
    quiet(socket);
    let held = '';
    const listen = (bytes) => {
      held += bytes.toString('latin1');
      const end = held.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [, method, target] = /^(\S+) (\S+)/.exec(held) ?? [];
      held = held.slice(end + 4);
      const [, host, to] = method === 'CONNECT' ? /^(.*):(\d+)$/.exec(target) : [null, new URL(target).hostname, 80];
      const rule = rules.find((one) => !one.host || one.host === host);
      if (rule.act !== 'say' || rule.last) {
        socket.off('data', listen);
        // Whatever comes next waits for the other side.
        socket.pause();
      }
      if (rule.act === 'say' && !rule.close) socket.write(rule.text);
      else acts[rule.act](socket, { host, port: Number(to) }, rule);
    };
    socket.on('data', listen);
  };
  const made = certificate
    ? tlsServer({ key: pem(`${certificate}.key`), cert: pem(`${certificate}.pem`), maxVersion: 'TLSv1.2' }, serve)
    : createServer({ allowHalfOpen: false }, serve);
  made.on('tlsClientError', () => undefined).listen(port, address);
}

for (const { address = '10.20.0.8', port = 8080, rules, certificate } of fault.proxies ?? [])
  proxy(address, port, rules, certificate);

for (const one of fault.tls ?? []) {
  const { address = '203.0.113.10', port = 443, certificate, maxVersion, minVersion, status = 200, wants } = one;
  const options = {
    key: pem(`${certificate}.key`),
    cert: pem(`${certificate}.pem`),
    ...(maxVersion ? { maxVersion } : {}),
    ...(minVersion ? { minVersion } : {}),
    ...(wants ? { requestCert: true, rejectUnauthorized: true, ca: pem('public-ca.pem') } : {}),
  };
  tlsServer(options, (socket) => {
    quiet(socket);
    socket.on('data', () => socket.end(`HTTP/1.1 ${status} OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`));
  })
    .on('tlsClientError', () => undefined)
    .listen(port, address);
}

if (fault.http) httpServer((request, response) => response.end('ok')).listen(80, fault.http);

process.stdout.write('ready\n');
