import { createHmac } from 'node:crypto';

import { md4 } from '../../md4.ts';
import type { AuthSession, AuthTools, ClientScheme } from './scheme.ts';

/**
 * NTLMv2 over HTTP: three messages on one connection. Structures and keys: MS-NLMP 2.2.1 and 3.3.2. No signing, no
 * sealing, since HTTP uses neither.
 */
export const ntlm: ClientScheme = { name: 'ntlm', takes: () => true, begin: (tools) => ntlmSession('NTLM', tools) };

/** The three messages, under the name that the scheme goes by. */
export function ntlmSession(name: string, tools: AuthTools): AuthSession {
  let stage: 'start' | 'negotiated' | 'done' = 'start';
  return {
    bound: true,
    next(challenge) {
      if (stage === 'done') return undefined;
      if (stage === 'start') {
        stage = 'negotiated';
        return `${name} ${negotiateMessage().toString('base64')}`;
      }
      const received = challenge ? readChallengeMessage(Buffer.from(challenge.token, 'base64')) : undefined;
      if (!received) return undefined;
      stage = 'done';
      return `${name} ${authenticateMessage(received, tools).toString('base64')}`;
    },
  };
}

const signature = Buffer.from('NTLMSSP\0');

/** Unicode, OEM, request target, NTLM, always sign, extended session security. */
const flags = 0x00088207;
const unicodeFlags = 0x00088205;

function negotiateMessage(): Buffer {
  const message = Buffer.alloc(32);
  signature.copy(message);
  message.writeUInt32LE(1, 8);
  message.writeUInt32LE(flags, 12);
  return message;
}

interface ChallengeMessage {
  challenge: Buffer;
  /** AV pairs, empty when the proxy sends none. */
  targetInfo: Buffer;
}

/** The proxy's message, or undefined when it is none. */
function readChallengeMessage(bytes: Buffer): ChallengeMessage | undefined {
  if (bytes.length < 32 || !bytes.subarray(0, 8).equals(signature) || bytes.readUInt32LE(8) !== 2) return undefined;
  const challenge = bytes.subarray(24, 32);
  if (bytes.length < 48) return { challenge, targetInfo: Buffer.alloc(0) };
  const [length, offset] = [bytes.readUInt16LE(40), bytes.readUInt32LE(44)];
  return { challenge, targetInfo: bytes.subarray(offset, offset + length) };
}

function authenticateMessage({ challenge, targetInfo }: ChallengeMessage, tools: AuthTools): Buffer {
  const { user, domain } = accountOf(tools.credentials.user);
  const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
  const hmac = (key: Buffer, ...parts: Buffer[]): Buffer => {
    const made = createHmac('md5', key);
    for (const part of parts) made.update(part);
    return made.digest();
  };
  const key = hmac(md4(wide(tools.credentials.password)), wide(user.toUpperCase() + domain));
  const own = Buffer.from(Array.from({ length: 8 }, () => tools.chance.below(256)));
  const blob = Buffer.concat([
    Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]),
    timeOf(targetInfo) ?? fileTime(tools.date()),
    own,
    Buffer.alloc(4),
    targetInfo,
    Buffer.alloc(4),
  ]);
  const nt = Buffer.concat([hmac(key, challenge, blob), blob]);
  const lm = Buffer.concat([hmac(key, challenge, own), own]);
  return assemble([lm, nt, wide(domain), wide(user), wide('WORKSTATION'), Buffer.alloc(0)]);
}

/** Six fields with length and place, the flags, then what they point at. */
function assemble(fields: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(64);
  signature.copy(head);
  head.writeUInt32LE(3, 8);
  let offset = head.length;
  for (const [index, field] of fields.entries()) {
    const at = 12 + index * 8;
    head.writeUInt16LE(field.length, at);
    head.writeUInt16LE(field.length, at + 2);
    head.writeUInt32LE(offset, at + 4);
    offset += field.length;
  }
  head.writeUInt32LE(unicodeFlags, 60);
  return Buffer.concat([head, ...fields]);
}

function accountOf(text: string): { user: string; domain: string } {
  const cut = text.indexOf('\\');
  return cut < 0 ? { user: text, domain: '' } : { domain: text.slice(0, cut), user: text.slice(cut + 1) };
}

/** 100-nanosecond steps since 1601. */
function fileTime(date: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(Math.floor(date)) + 11_644_473_600_000n) * 10_000n);
  return bytes;
}

/** MsvAvTimestamp, where the proxy sends one. */
function timeOf(pairs: Buffer): Buffer | undefined {
  for (let at = 0; at + 4 <= pairs.length;) {
    const [id, length] = [pairs.readUInt16LE(at), pairs.readUInt16LE(at + 2)];
    if (id === 7 && length === 8) return pairs.subarray(at + 4, at + 12);
    if (id === 0) return undefined;
    at += 4 + length;
  }
  return undefined;
}
