/** The three messages of NTLM (MS-NLMP section 2.2.1) as far as a server needs them, the proof of NTLMv2, and a server's verdict. */
import { createHmac, timingSafeEqual } from 'node:crypto';

import type { Chance } from './chance.ts';
import { md4 } from './md4.ts';

const signature = Buffer.from('NTLMSSP\0', 'latin1');

/** MS-NLMP section 2.2.2.5. */
const flag = {
  unicode: 0x0000_0001,
  requestTarget: 0x0000_0004,
  ntlm: 0x0000_0200,
  alwaysSign: 0x0000_8000,
  targetIsDomain: 0x0001_0000,
  extendedSecurity: 0x0008_0000,
  targetInfo: 0x0080_0000,
};

/** Which of the three messages it is; undefined when it is none. */
export function messageType(message: Buffer): number | undefined {
  return message.length >= 12 && message.subarray(0, 8).equals(signature) ? message.readUInt32LE(8) : undefined;
}

export const randomChallenge = (chance: Chance): Buffer =>
  Buffer.from(Array.from({ length: 8 }, () => chance.below(256)));

export interface Target {
  /** NetBIOS name of the domain. */
  domain: string;
  /** Name of the server, with its DNS domain. */
  server: string;
  /** Milliseconds since 1970. */
  date: number;
}

/** CHALLENGE_MESSAGE. */
export function challengeMessage(challenge: Buffer, { domain, server, date }: Target): Buffer {
  const name = Buffer.from(domain, 'utf16le');
  const [computer = server, ...rest] = server.split('.');
  const info = Buffer.concat([
    pair(2, name),
    pair(1, Buffer.from(computer.toUpperCase().slice(0, 15), 'utf16le')),
    pair(4, Buffer.from(rest.join('.'), 'utf16le')),
    pair(3, Buffer.from(server, 'utf16le')),
    pair(7, fileTime(date)),
    pair(0, Buffer.of()),
  ]);
  const head = Buffer.alloc(48);
  signature.copy(head);
  head.writeUInt32LE(2, 8);
  place(head, 12, name.length, 48);
  head.writeUInt32LE(
    Object.values(flag).reduce((sum, bit) => sum + bit, 0),
    20,
  );
  challenge.copy(head, 24);
  place(head, 40, info.length, 48 + name.length);
  return Buffer.concat([head, name, info]);
}

export interface Authenticate {
  user: string;
  domain: string;
  workstation: string;
  /** The NTLMv2 response: 16 bytes of proof and what they are over. */
  response: Buffer;
}

/** AUTHENTICATE_MESSAGE; undefined when its fields point outside of it. */
export function readAuthenticate(message: Buffer): Authenticate | undefined {
  if (message.length < 64) return undefined;
  const encoding = message.readUInt32LE(60) & flag.unicode ? 'utf16le' : 'latin1';
  const [response, domain, user, workstation] = [20, 28, 36, 44].map((at) => field(message, at));
  if (!response || !domain || !user || !workstation) return undefined;
  return {
    response,
    domain: domain.toString(encoding),
    user: user.toString(encoding),
    workstation: workstation.toString(encoding),
  };
}

/** MS-NLMP section 3.3.2. The client's own message integrity code is not looked at. */
export function provesPassword({ user, domain, response }: Authenticate, password: string, challenge: Buffer): boolean {
  // NTLMv1 responses have 24 bytes; no current server takes them.
  if (response.length < 44) return false;
  const key = hmac(md4(Buffer.from(password, 'utf16le')), Buffer.from(user.toUpperCase() + domain, 'utf16le'));
  const proof = hmac(key, Buffer.concat([challenge, response.subarray(16)]));
  return timingSafeEqual(proof, response.subarray(0, 16));
}

const hmac = (key: Buffer, content: Buffer): Buffer => createHmac('md5', key).update(content).digest();

function place(head: Buffer, at: number, length: number, offset: number): void {
  head.writeUInt16LE(length, at);
  head.writeUInt16LE(length, at + 2);
  head.writeUInt32LE(offset, at + 4);
}

function field(message: Buffer, at: number): Buffer | undefined {
  const length = message.readUInt16LE(at);
  const offset = message.readUInt32LE(at + 4);
  return offset + length <= message.length ? message.subarray(offset, offset + length) : undefined;
}

function pair(id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
}

/** 100-nanosecond steps since 1601. */
function fileTime(date: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(Math.floor(date)) + 11_644_473_600_000n) * 10_000n);
  return bytes;
}

export type NtlmVerdict =
  | { kind: 'passed'; user: string }
  | { kind: 'refused' }
  /** The value of the next challenge, after the scheme's name. */
  | { kind: 'continue'; token: string };

export interface NtlmServer {
  /** What it remembers of this connection. */
  memory: Map<string, unknown>;
  /** User → password. */
  accounts: Readonly<Record<string, string>>;
  /** The domain, and the name of the server. */
  realm: string;
  server: string;
  /** Milliseconds since 1970. */
  date: number;
  /** Eight bytes that nobody has seen. */
  fresh: () => Buffer;
}

interface Standing {
  challenge?: Buffer;
  user?: string;
}

/** The user that a connection belongs to already. */
export const userOf = (memory: Map<string, unknown>): string | undefined =>
  (memory.get('ntlm') as Standing | undefined)?.user;

/** One message of a client. The third on a connection that has not seen the second is refused. */
export function judgeNtlm(message: Buffer, { memory, accounts, realm, server, date, fresh }: NtlmServer): NtlmVerdict {
  const type = messageType(message);
  if (type === 1) {
    const challenge = fresh();
    memory.set('ntlm', { challenge } satisfies Standing);
    const target = { domain: realm.toUpperCase(), server, date };
    return { kind: 'continue', token: challengeMessage(challenge, target).toString('base64') };
  }
  const { challenge } = (memory.get('ntlm') as Standing | undefined) ?? {};
  memory.delete('ntlm');
  const said = type === 3 ? readAuthenticate(message) : undefined;
  const account = said && accountOf(said, accounts);
  if (!challenge || !said || account === undefined || !provesPassword(said, accounts[account] ?? '', challenge))
    return { kind: 'refused' };
  memory.set('ntlm', { user: account } satisfies Standing);
  return { kind: 'passed', user: account };
}

/** An account is `DOMAIN\user`, `user@domain` or a bare `user` of whatever domain; case does not count. */
function accountOf({ user, domain }: Authenticate, accounts: NtlmServer['accounts']): string | undefined {
  const names = [`${domain}\\${user}`, `${user}@${domain}`, user].map((name) => name.toLowerCase());
  return Object.keys(accounts).find((account) => names.includes(account.toLowerCase()));
}
