/** `lab.hosts` of a scenario: the hosts of the proxy script and the origins. */
import { z } from 'zod';

import { duration } from '../duration.ts';
import { leafFaults } from '../net/certificates.ts';
import type { LeafFault } from '../net/certificates.ts';
import { oneOf } from '../registry.ts';
import { rulesOf, whenOf } from '../rules.ts';
import { behaviours } from './behaviours/index.ts';

const port = z.int().min(1).max(65_535);
const header = z.union([z.string(), z.array(z.string())]);

export const encodings = ['utf-8', 'utf-8-bom', 'utf-16le', 'latin1'] as const;

const contents = ['body', 'bodyFile', 'pac', 'pacText'] as const;
const signed = ['crl', 'ocsp'] as const;

export const resource = z
  .strictObject({
    status: z.int().min(200).max(599).default(200),
    reason: z.string().optional().describe('the words behind the status; the usual ones unless given'),
    type: z.string().optional().describe('Content-Type; `none` sends none'),
    headers: z.record(z.string(), header).default({}).describe('further header fields; a list is sent one by one'),
    body: z.string().optional().describe('the content itself'),
    bodyFile: z.string().optional().describe('a file with the content'),
    pac: z.string().optional().describe('a file with a proxy script'),
    pacText: z.string().optional().describe('a proxy script itself'),
    crl: z
      .string()
      .optional()
      .describe(
        'the revocation list of the authority of that name, signed, of the lab’s day; nothing is on it. A content beside it is sent in its place',
      ),
    ocsp: z
      .string()
      .optional()
      .describe(
        'answers as the OCSP responder of the authority of that name, to GET and to POST (RFC 6960). A content beside it is sent in its place',
      ),
    encoding: z
      .enum(encodings)
      .default('utf-8')
      .describe('how `body` and `pacText` become bytes; files are sent as they are'),
    gzip: z.boolean().default(false).describe('compressed for clients that accept it'),
    delay: duration.optional().describe('how long the server thinks before it answers'),
    webSocket: z
      .boolean()
      .default(false)
      .describe('101 to the opening handshake of a WebSocket (RFC 6455), 426 to anything else; no frame is spoken'),
  })
  .superRefine((value, context) => {
    for (const kind of [contents, signed]) {
      const given = kind.filter((key) => value[key] !== undefined);
      if (given.length > 1)
        context.addIssue({
          code: 'custom',
          message: `one content is enough: ${given.join(', ')}`,
          path: [given[1] ?? ''],
        });
    }
  });
export type Resource = z.output<typeof resource>;

/** Whether the scenario says what is sent, byte for byte: such a content goes over what an authority would sign. */
export const hasContent = (resource: Resource): boolean => contents.some((key) => resource[key] !== undefined);

/** What a resource may become while the lab runs: its content stands in the step, since files are read before. */
export const changedResource = resource.refine(
  ({ pac, bodyFile, crl, ocsp }) => [pac, bodyFile, crl, ocsp].every((other) => other === undefined),
  { message: 'a changed resource has its content in the step itself: `pacText` or `body`' },
);

const paths = z
  .record(z.string().regex(/^[/*]/, 'a path begins with / (or is a glob that begins with *)'), resource)
  .describe('path → what is there; a path may be a glob (`/crl/*`); any other path is a 404');

const http = z.union([
  z.strictObject({ port: port.default(80), paths }).describe('with a port of its own'),
  paths.describe('on port 80'),
]);

const faultNames = Object.keys(leafFaults) as [LeafFault, ...LeafFault[]];
const fault = z.enum(faultNames);

const certificate = z.union([
  z.string().describe('the authority that issues it'),
  z.strictObject({
    authority: z.string().default('public-ca').describe('the authority that issues it'),
    fault: z
      .union([fault, z.array(fault)])
      .optional()
      .describe('what is wrong with it'),
    names: z.array(z.string()).optional().describe("names and addresses in it; the host's own unless given"),
    intermediate: z.boolean().default(false).describe('issued by an intermediate, which is sent along'),
  }),
]);

const tlsVersion = z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);

const https = z.strictObject({
  port: port.default(443),
  certificate: certificate.default('public-ca'),
  clientCertificate: z
    .enum(['none', 'requested', 'required', 'late'])
    .default('none')
    .describe(
      '`required`: the TLS handshake fails without one; `requested`: it goes on, and the service decides; `late`: asked for by renegotiation when the request has come (TLS 1.2 at most)',
    ),
  clientAuthorities: z
    .array(z.string())
    .default(['connector-ca'])
    .describe('authorities whose client certificates count'),
  withoutCertificate: resource
    .optional()
    .describe('what the service answers to a client without a certificate that counts, whatever it asks for'),
  minVersion: tlsVersion.optional(),
  maxVersion: tlsVersion.optional(),
  ciphers: z.string().optional().describe("OpenSSL's cipher list"),
  signatures: z
    .string()
    .optional()
    .describe("OpenSSL's list of signature algorithms, such as ECDSA+SHA256; the keys of leaves are ECDSA"),
  alpn: z.array(z.string()).optional().describe('protocols that the server speaks; none is negotiated unless given'),
  paths: paths.default({}),
});

const tcp = z.strictObject({
  ports: z.array(port).min(1),
  protocol: z.string().default('tcp').describe('what the service speaks, for the trace: amqp, net.tcp …'),
  then: z
    .enum(['accept', 'close', 'reset'])
    .default('accept')
    .describe('accept: takes what comes and stays; close: FIN at once; reset: RST at once'),
});

export const hostBehaviour = oneOf(behaviours).describe('how the host misbehaves');
export const hostWhen = whenOf('path', 'method', 'host', 'client', 'user-agent').describe(
  'which requests: `path` without the query and `host` (the Host header) are globs, `client` the name or address of who asks',
);
export const hostRules = rulesOf(hostWhen, hostBehaviour).describe('first match wins; healthy when none does');

const host = z.strictObject({
  address: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .describe("the address of the host; its name's A record unless given"),
  http: http.optional(),
  https: https.optional(),
  tcp: z
    .union([tcp, z.array(tcp)])
    .optional()
    .describe('ports that speak something else than HTTP'),
  behaviour: hostBehaviour.optional().describe('for every request that no rule matches'),
  rules: hostRules,
});

export const hostsSpec = z.record(z.string(), host).default({}).describe('name → what the host of that name serves');

export type HostSpec = z.output<typeof host>;
export type HostsSpec = z.output<typeof hostsSpec>;
export type HttpsSpec = z.output<typeof https>;
export type HostRules = z.output<typeof hostRules>;
export type Paths = z.output<typeof paths>;

/** Both forms of `http` as one. */
export function httpOf({ http: spec }: HostSpec): { port: number; paths: Paths } | undefined {
  if (!spec) return undefined;
  // Only the long form has a list of paths: in the short one every key begins with / or *.
  return 'paths' in spec ? (spec as { port: number; paths: Paths }) : { port: 80, paths: spec };
}

/** Every file that the hosts name, with where it is named, below `hosts`. */
export function fileReferences(hosts: HostsSpec): { path: string[]; value: string }[] {
  return Object.entries(hosts).flatMap(([name, spec]) => {
    const short = spec.http !== undefined && !('paths' in spec.http);
    return [
      ...filesIn(httpOf(spec)?.paths ?? {}, [name, 'http', ...(short ? [] : ['paths'])]),
      ...filesIn(spec.https?.paths ?? {}, [name, 'https', 'paths']),
    ];
  });
}

const filesIn = (listed: Paths, above: readonly string[]): { path: string[]; value: string }[] =>
  Object.entries(listed).flatMap(([path, { pac, bodyFile }]) => [
    ...(pac === undefined ? [] : [{ path: [...above, path, 'pac'], value: pac }]),
    ...(bodyFile === undefined ? [] : [{ path: [...above, path, 'bodyFile'], value: bodyFile }]),
  ]);
