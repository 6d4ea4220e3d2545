/** A customer made of secrets: none of them is in anything that is written, in any spelling. */
import { domainToASCII } from 'node:url';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { inflateRawSync } from 'node:zlib';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { ip, pcapOf } from '../evidence/kit.ts';
import { fc } from '../kit/properties.ts';
import { typed } from '../kit/typed.ts';

vi.setConfig({ testTimeout: 240_000 });

interface Customer {
  company: string;
  person: string;
  realm: string;
  token: string;
  password: string;
  machine: string;
  policy: string;
  octet: number;
  /** Of version 6: a site's network, and what a network card makes of its own address. */
  six: { network: string; card: string };
}

const word = (least: number, most: number) =>
  fc
    .array(fc.tuple(fc.constantFrom(...Array.from('bdfgklmnprstvz')), fc.constantFrom(...Array.from('aeiouäö'))), {
      minLength: least,
      maxLength: most,
    })
    .map((pairs) => `q${pairs.flat().join('')}y`);
const customer = fc.record<Customer>({
  company: word(3, 5),
  person: word(3, 4),
  realm: word(3, 4),
  token: fc
    .uint8Array({ minLength: 12, maxLength: 18 })
    .map((bytes) => Buffer.from(bytes).toString('base64url').replaceAll('-', 'x')),
  password: word(4, 5).map((text) => `${text}%7`),
  machine: word(3, 3).map((text) => `SRV-${text.replace(/[äö]/g, 'e').toUpperCase()}`),
  policy: word(4, 4),
  octet: fc.integer({ min: 2, max: 250 }),
  six: fc
    .tuple(...[0, 0, 0, 0].map(() => fc.integer({ min: 0x1111, max: 0xfffe })))
    .map((numbers) => numbers.map((number) => number.toString(16)))
    .map(([a, b, c, d]) => ({ network: `2a02:${a}:${b}`, card: `211:22ff:fe${c?.slice(2)}:${d}` })),
});

const percent = (text: string): string => Buffer.from(text).toString('hex').replace(/../g, '%$&');
const escaped = (text: string): string =>
  Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
/** All its groups, with all their zeros. */
const full = ({ network, card }: Customer['six']): string =>
  [...network.split(':'), '0', ...card.split(':')].map((group) => group.padStart(4, '0')).join(':');
const reversed = (six: string): string => Array.from(six.replaceAll(':', '')).toReversed().join('.');

const ascii = (text: string): string => text.replaceAll('ä', 'ae').replaceAll('ö', 'oe');
const base64 = (bytes: string | Buffer): string => Buffer.from(bytes as string).toString('base64');

/** NTLMSSP AUTHENTICATE_MESSAGE: domain, user and workstation in UTF-16. */
function ntlm3(...texts: string[]): string {
  const parts = texts.map((text) => Buffer.from(text, 'utf16le'));
  const head = Buffer.alloc(64);
  head.write('NTLMSSP\0', 'latin1');
  head.writeUInt32LE(3, 8);
  let at = 64;
  for (const [index, part] of parts.entries()) {
    head.writeUInt16LE(part.length, 28 + index * 8);
    head.writeUInt16LE(part.length, 30 + index * 8);
    head.writeUInt32LE(at, 32 + index * 8);
    at += part.length;
  }
  return Buffer.concat([head, ...parts]).toString('base64');
}

function dnsQuestion(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  const message = Buffer.concat([
    Buffer.from('123401000001000000000000', 'hex'),
    ...labels,
    Buffer.from('00000c0001', 'hex'),
  ]);
  return Buffer.concat([Buffer.of(message.length >> 8, message.length & 255), message]);
}

type Said = readonly [dir: 'up' | 'down', payload: Buffer | string];

/** One TCP connection from its SYN to its end. */
function talk(from: string, to: string, said: readonly Said[]): Buffer[] {
  const packets = [ip({ from, to, seq: 1, flags: 'S' }), ip({ from: to, to: from, seq: 1, ack: 2, flags: 'SA' })];
  const next = { up: 2, down: 2 };
  for (const [dir, payload] of said) {
    const [source, target, back] = dir === 'up' ? ([from, to, 'down'] as const) : ([to, from, 'up'] as const);
    packets.push(ip({ from: source, to: target, seq: next[dir], ack: next[back], flags: 'A', payload }));
    next[dir] += Buffer.from(payload as string).length;
  }
  packets.push(ip({ from: to, to: from, seq: next.down, ack: next.up, flags: 'FA' }));
  packets.push(ip({ from, to, seq: next.up, ack: next.down + 1, flags: 'FA' }));
  return packets;
}

const wide = (text: string): Buffer => Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le');

function filesOf(it: Customer): Record<string, Buffer | string> {
  const { person, realm, token, password, machine, policy, octet } = it;
  const { network, card } = it.six;
  const six = `${network}:0:${card}`;
  const company = ascii(it.company);
  const idn = domainToASCII(`${it.company}.de`);
  const [client, proxy] = [`10.44.${octet}.21`, `10.44.${octet}.8`];
  const names = { proxy: `proxy-${company}.corp.${company}.de`, tenant: `${company}.msappproxy.net` };
  const login = base64(`${person}:${password}`);
  const connect = (extra: string): string =>
    `CONNECT ${names.tenant}:443 HTTP/1.1\r\nHost: ${names.tenant}:443\r\nUser-Agent: ${company}-agent/1\r\n${extra}\r\n`;
  const get = `GET http://app.${idn}/${ascii(person)}/report?session=${token} HTTP/1.1\r\nHost: app.${idn}\r\nCookie: sid=${token}\r\nX-User: ${person}\r\nReferer: http://${company}.de/${person}\r\n\r\n`;
  const challenge = `HTTP/1.1 407 Denied by ${ascii(policy)}\r\nProxy-Authenticate: Basic realm="${realm}"\r\nProxy-Authenticate: Digest realm=${ascii(realm)}, nonce="${token}"\r\nVia: 1.1 ${machine} (squid/5.7)\r\nServer: ${ascii(policy)}Gate/2\r\nProxy-Status: ${machine}; error=http_request_denied; details="${ascii(policy)}"\r\nSet-Cookie: t=${token}\r\nContent-Type: text/html; name=${ascii(policy)}\r\nContent-Length: 0\r\n\r\n`;
  const script = `// ${it.company}: ask ${person}\nfunction FindProxyForURL(url, host) {\n  var ${company}Host = "${company}";\n  if (dnsDomainIs(host, ".${idn}") || host == "\\x${Buffer.from(company).toString('hex').match(/../g)?.join('\\x') ?? ''}") return "DIRECT";\n  if (isInNet(host, "10.44.${octet}.0", "255.255.255.0")) return "DIRECT";\n  if (isInNetEx(myIpAddressEx(), "${network}::/48") || shExpMatch(host, "${network.toUpperCase()}:*")) return "PROXY [${six}]:8080";\n  if (host == "${escaped(company)}") return "DIRECT";\n  return "PROXY ${names.proxy}:8080";\n}\n`;
  const packets = [
    ...talk(`${client}:50001`, `10.44.${octet}.2:53`, [
      ['up', dnsQuestion(`21.${octet}.44.10.in-addr.arpa`)],
      ['up', dnsQuestion(`${reversed(full(it.six))}.ip6.arpa`)],
      ['up', dnsQuestion(`${network.replaceAll(':', '-')}--5.ipv6-literal.net`)],
    ]),
    ...talk(`${client}:50002`, `${proxy}:8080`, [
      ['up', connect('')],
      ['down', challenge],
      ['up', connect(`Proxy-Authorization: Basic ${login}\r\n`)],
      ['down', challenge],
      ['up', connect(`Proxy-Authorization: NTLM ${ntlm3(company.toUpperCase(), person, machine)}\r\n`)],
      ['down', challenge],
      ['up', get],
      ['down', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'],
      ['up', `GET http://[${full(it.six).toUpperCase()}]/${percent(person)} HTTP/1.1\r\nHost: [${six}]\r\n\r\n`],
      [
        'down',
        `HTTP/1.1 302 Found\r\nLocation: http://portal.${company}.de/${ascii(person)}?t=${token}\r\nContent-Length: 0\r\n\r\n`,
      ],
    ]),
    ...talk(`${client}:50003`, `10.44.${octet}.5:80`, [
      ['up', `GET /${ascii(person)}/wpad.dat HTTP/1.1\r\nHost: wpad.${company}.de\r\n\r\n`],
      [
        'down',
        Buffer.from(
          `HTTP/1.1 200 OK\r\nContent-Type: application/x-ns-proxy-autoconfig\r\nContent-Length: ${Buffer.byteLength(script)}\r\n\r\n${script}`,
        ),
      ],
    ]),
  ];
  const har = {
    log: {
      entries: [
        {
          startedDateTime: '2026-03-02T08:00:00Z',
          request: { method: 'GET', url: `https://app.${idn}/${token}`, headers: [{ name: 'Cookie', value: token }] },
          response: {
            status: 407,
            statusText: policy,
            headers: [{ name: 'Proxy-Authenticate', value: `Basic realm="${realm}"` }],
            _error: '',
          },
        },
        {
          startedDateTime: '2026-03-02T08:00:01Z',
          request: { method: 'GET', url: `https://[${six}]:8443/${percent(company)}`, headers: [] },
          response: { status: 403, statusText: 'Forbidden', headers: [], _error: '' },
        },
      ],
    },
  };
  return {
    [`${company}.pcap`]: pcapOf(
      packets.map((bytes, index) => ({ at: 1_772_438_400_000 + index, bytes })),
      { link: 101 },
    ),
    'wpad.dat': script,
    [`${ascii(person)}.har`]: wide(JSON.stringify(har).replaceAll(policy, escaped(policy))),
    'access.log': `1772438412.123     45 ${client} TCP_DENIED/407 4123 CONNECT ${names.tenant}:443 ${company.toUpperCase()}\\${ascii(person)} HIER_NONE/- text/html\n1772438413.123     45 ${six} TCP_DENIED/403 4123 GET http://${percent(company)}.example/${percent(token)} - HIER_NONE/- text/html\n1772438414.123     45 ::ffff:${client} TCP_DENIED/403 4123 CONNECT [${network}::5]:443 - HIER_NONE/- text/html\n`,
    'env.txt': `USERNAME=${person}\nHTTPS_PROXY=http://${encodeURIComponent(person)}:${encodeURIComponent(password)}@${names.proxy}:8080\nNO_PROXY=.${idn},10.44.${octet}.0/24,[${six.toUpperCase()}],${network}::/48\nALL_PROXY=http://[fe80::${card}%25eth0]:3128\nAPI_TOKEN=${token}\n`,
    'netsh.txt': wide(
      `\nC:\\Users\\${person}>netsh winhttp show proxy\n\nCurrent WinHTTP proxy settings:\n\n    Proxy Server(s) :  ${names.proxy}:8080\n    Bypass List     :  *.${company}.de;10.44.${octet}.*;[${six}]\n`,
    ),
    'user.reg': wide(
      `Windows Registry Editor Version 5.00\n\n[HKEY_USERS\\S-1-5-21-1004336348-1177238915-682003330-4711\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings]\n"ProxyServer"="${names.proxy}:8080"\n"AutoConfigURL"=hex(2):${[...Buffer.from(`http://wpad.${company}.de/${ascii(person)}.pac\0`, 'utf16le')].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}\n"Owner"="${person}"\n`,
    ),
    'ApplicationProxyConnectorService.exe.config': `<configuration><!-- ${person} ${token} -->\n<appSettings><add key="${ascii(policy)}" value="${password}" /></appSettings>\n<system.net><defaultProxy>\n<proxy proxyaddress="http://${names.proxy}:8080" />\n<bypasslist><add address="[a-z]+\\.${company}\\.de" /></bypasslist></defaultProxy></system.net></configuration>\n`,
  };
}

/** Every way in which a secret may be written; what is shorter than four characters is no find. */
function spellings(secret: string): string[] {
  const raw = Buffer.from(secret);
  const forms = [
    raw,
    Buffer.from(secret, 'latin1'),
    Buffer.from(secret, 'utf16le'),
    Buffer.from(secret, 'utf16le').swap16(),
  ];
  const inBase64 = forms.flatMap((bytes) =>
    [0, 1, 2].map((shift) => base64(Buffer.concat([Buffer.alloc(shift), bytes])).slice(shift === 0 ? 0 : 4, -4)),
  );
  const hex = forms.flatMap((bytes) => [
    bytes.toString('hex'),
    (bytes.toString('hex').match(/../g) ?? []).join(','),
    (bytes.toString('hex').match(/../g) ?? []).join('\\x'),
  ]);
  const found = [
    secret,
    ascii(secret),
    encodeURIComponent(secret),
    domainToASCII(secret),
    percent(secret),
    escaped(secret),
    Array.from(secret).toReversed().join(''),
    ...forms.map((bytes) => bytes.toString('latin1')),
    ...inBase64,
    ...hex,
  ];
  return [...new Set(found.map((each) => each.toLowerCase()))].filter((each) => each.length > 5);
}

const secretsOf = ({ company, person, realm, token, password, machine, policy, octet, six }: Customer): string[] => [
  company,
  ascii(company),
  `${company}.de`,
  domainToASCII(`${company}.de`),
  person,
  realm,
  token,
  password,
  machine,
  policy,
  `10.44.${octet}.21`,
  `10.44.${octet}.8`,
  `21.${octet}.44.10`,
  '1004336348',
  '682003330',
  `${person}:${password}`,
  six.network,
  full(six),
  six.card,
  full(six).slice(20),
  `::ffff:10.44.${octet}.21`,
  reversed(full(six)).slice(-23),
  six.network.replaceAll(':', '-'),
];

async function shown(folder: string, ...words: string[]): Promise<string> {
  const { out, err } = await typed(...words);
  return `${out}${err}`.replaceAll(folder, '');
}

/** A report in one file holds its runs deflated. */
const packedIn = (text: string): Buffer[] =>
  [...text.matchAll(/type="text\/plain"[^>]*>([\w+/=]{40,})</g)].map(([, packed = '']) =>
    inflateRawSync(Buffer.from(packed, 'base64')),
  );

/** What a colleague makes of the scenario: every report that can be passed on. */
async function reports(folder: string): Promise<[string, Buffer][]> {
  const names = ['html', 'junit', 'sarif', 'tap', 'blob'];
  const words = names.map((name) => `${name}:${join(folder, 'reports', name)}`).join(',');
  const said = await shown(folder, 'run', join(folder, 'out', 'repro.yaml'), '--reporter', words, '--trace', 'on');
  const files = names.map(async (name): Promise<[string, Buffer]> => {
    const content = await readFile(join(folder, 'reports', name));
    const text = content.toString('latin1').replaceAll(folder, '');
    return [`${name} report`, Buffer.concat([Buffer.from(text, 'latin1'), ...packedIn(text)])];
  });
  return [['run', Buffer.from(said)], ...(await Promise.all(files))];
}

async function writtenFor(it: Customer): Promise<{ written: [string, Buffer][]; map: string; plain: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'leak-'));
  try {
    const files = filesOf(it);
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const all = Object.keys(files).map((name) => join(folder, name));
    const logs = all.filter((name) => /\.(?:pcap|har|log)$/.test(name));
    const written: [string, Buffer][] = [
      ['import, page', Buffer.from(await shown(folder, 'import', ...all, '-o', join(folder, 'out', 'repro.yaml')))],
      [
        'import --json',
        Buffer.from(await shown(folder, 'import', ...all, '-o', join(folder, 'again', 'repro.yaml'), '--json')),
      ],
      [
        'diagnose --json',
        Buffer.from(await shown(folder, 'diagnose', ...logs, '--json', '--map', join(folder, 'told.map.json'))),
      ],
      ['diagnose --sarif', Buffer.from(await shown(folder, 'diagnose', ...logs, '--sarif'))],
      ['diagnose --redact', Buffer.from(await shown(folder, 'diagnose', ...logs, '--redact'))],
      ['shrink', Buffer.from(await shown(folder, 'shrink', join(folder, 'out', 'repro.yaml')))],
      ['run as JSON', Buffer.from(await shown(folder, 'run', join(folder, 'out', 'repro.yaml'), '--reporter', 'json'))],
      ...(await reports(folder)),
    ];
    for (const entry of await readdir(join(folder, 'out'), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name.endsWith('.map.json')) continue;
      written.push([entry.name, await readFile(join(entry.parentPath, entry.name))]);
      written.push([`the name of ${entry.name}`, Buffer.from(entry.name)]);
    }
    const map = await readFile(join(folder, 'out', 'repro.map.json'), 'utf8');
    return { written, map, plain: await shown(folder, 'diagnose', ...logs) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('nothing of a customer is in what is written, in no encoding; the map has it, and the screen', async () => {
  await fc.assert(
    fc.asyncProperty(customer, async (it) => {
      const { written, map, plain } = await writtenFor(it);
      expect(written.find(([what]) => what === 'repro.yaml')).toBeDefined();
      const leaks = written.flatMap(([what, bytes]) => {
        const texts = [bytes.toString('utf8'), bytes.toString('latin1'), bytes.toString('utf16le')].map((text) =>
          text.toLowerCase(),
        );
        return secretsOf(it).flatMap((secret) =>
          spellings(secret).flatMap((spelling) =>
            texts.some((text) => text.includes(spelling)) ? [`${what}: ${secret} as ${spelling}`] : [],
          ),
        );
      });
      expect(leaks).toEqual([]);
      // What is hunted for can be found.
      expect(map.toLowerCase()).toContain(ascii(it.company));
      expect(plain.toLowerCase()).toContain(ascii(it.company));
    }),
    { numRuns: 2 },
  );
});
