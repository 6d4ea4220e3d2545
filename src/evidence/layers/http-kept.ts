/** What is kept of the exchanges of a connection: all of a few, the beginnings of bodies, scripts as a whole. */
import type { Allowance } from '../allowance.ts';
import type { Answer, Connection, Exchange } from '../connection.ts';
import type { Notes } from '../notes.ts';

/** Kept of a body: of one that may be a script all that a client takes, else what tells its kind. */
const mostOfScript = 1024 * 1024;
const mostOfOther = 2048;

interface Around {
  connection: Connection;
  allowance: Allowance;
  notes: Notes;
}

export class Kept {
  readonly #around: Around;
  /** The latest that is whole: how a connection ended tells of its last exchange, so it stays until the next one. */
  #latest: Exchange | null = null;
  /** A script for which there is no room. */
  readonly #cut = new Set<Answer>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** The next bytes of a body. */
  body(answer: Answer, bytes: Buffer): void {
    const most = mayBeScript(answer, bytes) ? mostOfScript : mostOfOther;
    const fresh = bytes.subarray(0, Math.max(0, most - answer.keptLength));
    if (fresh.length === 0 || this.#cut.has(answer)) return;
    if (!this.#around.allowance.keep(fresh.length)) {
      this.#cut.add(answer);
      return;
    }
    answer.kept.push(Buffer.from(fresh));
    answer.keptLength += fresh.length;
  }

  /** An answer has come to its end. */
  whole(exchange: Exchange): void {
    const { connection, allowance, notes } = this.#around;
    const { answer } = exchange;
    if (answer && answer.keptLength > mostOfOther && !isScript(answer)) this.#shorten(answer);
    const before = this.#latest;
    this.#latest = exchange;
    const cut = before?.answer && this.#cut.delete(before.answer);
    if (!before || (before === connection.exchanges[0] && !cut)) return;
    const others = connection.exchanges.length - 2;
    if (!cut && allowance.exchange(kindOf(connection, before), endOf(before), others)) return;
    const at = connection.exchanges.lastIndexOf(before);
    if (at >= 0) connection.exchanges.splice(at, 1);
    allowance.free(before.answer?.keptLength ?? 0);
    notes.add('a request like many before it, or one too many, which is left out', before.asked.frame);
  }

  /** Its name was that of a script, and it is none. */
  #shorten(answer: Answer): void {
    const short = Buffer.concat(answer.kept).subarray(0, mostOfOther);
    this.#around.allowance.free(answer.keptLength - short.length);
    answer.kept = [Buffer.from(short)];
    answer.keptLength = short.length;
  }
}

const endOf = ({ answer, malformed }: Exchange): 'well' | 'badly' =>
  answer !== null && answer.status < 400 && malformed === null ? 'well' : 'badly';

const kindOf = ({ fromIp, to }: Connection, { method, target, answer }: Exchange): string =>
  `${fromIp} ${to} ${method} ${target.slice(0, 200)} ${answer?.status}`;

/** By its type, or by the name of the function in its first bytes. */
const mayBeScript = ({ headers, kept, script }: Answer, bytes: Buffer): boolean =>
  script ||
  headers.some(([name, value]) => /^content-type$/i.test(name) && /autoconfig/i.test(value)) ||
  /FindProxyForURL/.test((kept[0] ?? bytes).toString('latin1', 0, mostOfOther));

/** Packed ones are not looked into, nor those in two bytes a letter. */
const isScript = ({ headers, kept }: Answer): boolean =>
  headers.some(
    ([name, value]) => /^content-encoding$/i.test(name) || (/^content-type$/i.test(name) && /autoconfig/i.test(value)),
  ) || /F\0?i\0?n\0?d\0?P\0?r\0?o\0?x\0?y\0?F\0?o\0?r\0?U\0?R\0?L/.test(Buffer.concat(kept).toString('latin1'));
