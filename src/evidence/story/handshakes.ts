/** What became of a TLS handshake, in the words of `src/failure.ts`, as far as the wire shows it. */
import type { Connection, End, Handshake } from '../connection.ts';
import { isBefore } from '../slot.ts';
import type { Slot } from '../slot.ts';

export interface Broken {
  code: string;
  detail: string;
  alert: string | null;
  slot: Slot;
  /** The side that ended it. */
  dir: 'up' | 'down';
}

/** Undefined when it is complete, or when the capture ends before it. */
export function brokenIn(handshake: Handshake, connection: Connection): Broken | undefined {
  const { alert, garbled, established } = handshake;
  if (garbled && !established)
    return {
      code: 'tls.protocol',
      detail: `the answer is ${garbled.says}`,
      alert: null,
      slot: garbled.slot,
      dir: garbled.dir,
    };
  if (alert && (!established || isFatalLater(handshake, connection))) return byAlert(handshake, alert);
  if (established) return unused(handshake, connection);
  const end = connection.ends.find(({ slot }) => isBefore(handshake.begun, slot));
  return end && byEnd(handshake, end);
}

/** Nobody opens a connection to say nothing; one that is only held ready is kept longer. */
const droppedMs = 1000;

/** Complete, and dropped at once without a word: so do clients that judge the certificate after the handshake (Schannel). */
function unused(handshake: Handshake, { ends }: Connection): Broken | undefined {
  const { established, used, closing } = handshake;
  // The server may end the connection first, in answer to the client's farewell.
  const end: End | undefined = closing ? { dir: 'up', how: 'fin', slot: closing } : ends[0];
  if (!established || !end || used || end.dir === 'down' || end.slot.at - established.at > droppedMs) return undefined;
  return byEnd(handshake, end);
}

/** Under TLS 1.3 a server's word on the client's certificate comes after the client's handshake. */
const isFatalLater = ({ alert }: Handshake, { exchanges }: Connection): boolean =>
  alert?.dir === 'down' && exchanges.every(({ secure, answer }) => secure === null || answer === null);

function byAlert(handshake: Handshake, alert: NonNullable<Handshake['alert']>): Broken {
  const { dir, name, slot, encrypted } = alert;
  if (dir === 'down') return { code: 'tls.alert', detail: `the peer sent the alert ${name}`, alert: name, slot, dir };
  if (encrypted)
    return {
      code: 'tls.alert',
      detail: 'the client ended the handshake with an alert; TLS 1.3 hides which, and the certificate',
      alert: null,
      slot,
      dir,
    };
  if (name === 'unknown_ca') return { ...untrusted(handshake), alert: name, slot, dir };
  if (name === 'certificate_expired')
    return { code: 'tls.expired', detail: sayExpired(handshake), alert: name, slot, dir };
  if (/certificate/.test(name ?? '') || name === 'handshake_failure')
    return { ...byCertificate(handshake, slot), alert: name, slot, dir };
  return { code: 'tls.protocol', detail: `the client sent the alert ${name}`, alert: name, slot, dir };
}

function byEnd(handshake: Handshake, { dir, how, slot }: End): Broken {
  if (dir === 'down') {
    const [code, verb] = how === 'rst' ? ['tcp.reset', 'reset'] : ['tcp.closed', 'closed'];
    return { code, detail: `the peer ${verb} the connection`, alert: null, slot, dir };
  }
  if (handshake.view) return { ...byCertificate(handshake, slot), alert: null, slot, dir };
  if (!handshake.server)
    return { code: 'http.timeout', detail: 'the client gave up waiting for a ServerHello', alert: null, slot, dir };
  return {
    code: 'tls.alert',
    detail: 'the client ended the handshake after the server had shown its certificate, which TLS 1.3 hides',
    alert: null,
    slot,
    dir,
  };
}

type Verdict = Pick<Broken, 'code' | 'detail'>;

/** The client did not like the certificate: what there is to dislike, in the order in which clients look. */
function byCertificate(handshake: Handshake, slot: Slot): Verdict {
  const { view, hello, tunnel } = handshake;
  if (!view) return { code: 'tls.untrusted', detail: 'the client refused the certificate' };
  if (handshake.weak) return { code: 'tls.weak', detail: `the key or the signature of ${view.subject} is weak` };
  if (slot.at > Date.parse(view.notAfter) || slot.at < Date.parse(view.notBefore))
    return { code: 'tls.expired', detail: sayExpired(handshake) };
  const wanted = hello?.serverName ?? tunnel?.host;
  if (wanted && !view.names.some((name) => covers(name, wanted)))
    return {
      code: 'tls.name',
      detail: `the certificate names ${view.names.join(', ') || view.subject}, not ${wanted}`,
    };
  return untrusted(handshake);
}

const untrusted = ({ view }: Handshake): Verdict => ({
  code: 'tls.untrusted',
  detail: view
    ? `the client does not trust the certificate; its issuer is ${view.issuer}`
    : 'the client refused the certificate',
});

const sayExpired = ({ view }: Handshake): string =>
  view ? `the certificate is valid from ${view.notBefore} to ${view.notAfter}` : 'the certificate has expired';

/** RFC 6125: a star stands for one label, the first. */
function covers(pattern: string, host: string): boolean {
  const [left, right] = [pattern.toLowerCase(), host.toLowerCase()];
  if (!left.startsWith('*.')) return left === right;
  return right.indexOf('.') > 0 && right.slice(right.indexOf('.')) === left.slice(1);
}
