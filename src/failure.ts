/**
 * What can go wrong, in two kinds. In the pretend world a failure is a value: {@link Failure} inside an
 * {@link Outcome}. In ours it is an exception: {@link InputError} (exit code 2) or {@link LabError} (exit code 3).
 */

/** Every failure of the pretend world, with its meaning. */
export const failures = {
  'dns.nxdomain': 'The name does not exist.',
  'dns.nodata': 'The name exists, but has no address of the family asked for.',
  'dns.servfail': 'The resolver answered with an error.',
  'dns.timeout': 'The resolver did not answer in time.',
  'dns.collision': 'The address is the mark of ICANN for a name collision, 127.0.53.53.',
  'tcp.refused': 'The peer answered the SYN with RST.',
  'tcp.timeout': 'No answer to any SYN.',
  'tcp.unreachable': 'An ICMP message said that the destination cannot be reached.',
  'tcp.reset': 'The peer reset the connection.',
  'tcp.closed': 'The peer closed the connection before the exchange was complete.',
  'tls.untrusted': 'The certificate chain does not end at a trusted root.',
  'tls.weak': 'The key or the signature of the certificate is too weak.',
  'tls.name': 'The certificate does not name this host.',
  'tls.expired': 'The certificate is not valid at this time.',
  'tls.alert': 'The peer ended the handshake with an alert.',
  'tls.protocol': 'The peer did not speak TLS.',
  'http.malformed': 'The answer is not HTTP.',
  'http.too-large': 'The header section of the answer is larger than the client takes.',
  'http.timeout': 'No answer within the limit.',
  'http.status': 'The status says no.',
  'pac.rejected': 'The script was refused before it ran.',
  'pac.hangs': 'The script does not return, and the client waits.',
  'pac.threw': 'The script raised an error.',
  'proxy.auth': 'The proxy wants credentials that the client does not have.',
  'proxy.status': 'The proxy refused the tunnel.',
  'config.invalid': 'The client cannot use its own settings.',
} as const;

export type FailureCode = keyof typeof failures;

/** A failure of the pretend world: a code from {@link failures} and what exactly happened. */
export interface Failure {
  code: FailureCode;
  detail: string;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const fail = (code: FailureCode, detail: string): { ok: false; failure: Failure } => ({
  ok: false,
  failure: { code, detail },
});

/** A place in a file: 1-based line and column. */
export interface SourcePlace {
  file: string;
  line: number;
  column: number;
}

/** One mistake in what the user gave us. `source` is the whole line the place points at. */
export interface Problem {
  message: string;
  /** An error unless it says otherwise. */
  severity?: 'error' | 'warning';
  /** What to write instead, as a sentence. */
  hint?: string;
  at?: SourcePlace;
  source?: string;
  /** Where in the document: `lab.proxies.edge.behaviour`. */
  path?: string;
}

/** The input cannot be used; all of its mistakes at once. Exit code 2. */
export class InputError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map((problem) => problem.message).join('\n'), options);
    this.name = 'InputError';
    this.problems = problems;
  }
}

/** The lab or the machine failed: a taken port, a missing program. Exit code 3. */
export class LabError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LabError';
  }
}
