/** What is kept of the body of an answer. */
import type { Answer } from '../connection.ts';

/** Kept of a body: of one that may be a script all that a client takes, else what tells its kind. */
const mostOfScript = 1024 * 1024;
const mostOfOther = 2048;

/** The next bytes of a body. */
export function keep(answer: Answer, bytes: Buffer): void {
  const most = mayBeScript(answer, bytes) ? mostOfScript : mostOfOther;
  const room = most - answer.keptLength;
  if (room <= 0) return;
  answer.kept.push(Buffer.from(bytes.subarray(0, room)));
  answer.keptLength += Math.min(room, bytes.length);
}

/** By its type, or by the name of the function in its first bytes. */
const mayBeScript = ({ headers, kept, script }: Answer, bytes: Buffer): boolean =>
  script ||
  headers.some(([name, value]) => /^content-type$/i.test(name) && /autoconfig/i.test(value)) ||
  /FindProxyForURL/.test((kept[0] ?? bytes).toString('latin1', 0, mostOfOther));
