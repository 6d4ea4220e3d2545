/** The opening handshake of a WebSocket (RFC 6455 section 4.2.2), as a host that has one answers it. No frame is spoken. */
import { createHash } from 'node:crypto';

import type { HeaderList } from '../trace/events.ts';
import type { Reply } from './behaviour.ts';
import { headerOf } from './body.ts';

/** Of RFC 6455 section 1.3. */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

const acceptOf = (key: string): string =>
  createHash('sha1')
    .update(key + guid)
    .digest('base64');

const none = Buffer.alloc(0);

/** 101 when the request asks for it, 426 (RFC 9110 section 15.5.22) when it does not. */
export function handshakeReply(headers: HeaderList): Reply {
  const asked = (headerOf(headers, 'upgrade') ?? '').toLowerCase() === 'websocket';
  // A list may stand on several lines.
  const joined = headers.some(([name, value]) => /^connection$/i.test(name) && /\bupgrade\b/i.test(value));
  const upgrade: HeaderList = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
  ];
  if (!asked || !joined) return { status: 426, headers: upgrade, body: none };
  const accept = acceptOf(headerOf(headers, 'sec-websocket-key') ?? '');
  return { status: 101, headers: [...upgrade, ['Sec-WebSocket-Accept', accept]], body: none };
}
