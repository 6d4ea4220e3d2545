/**
 * Which connections are worth keeping. A program that tries in a circle, or a day of healthy traffic, would fill memory;
 * what went wrong late in a large capture must not be lost to what went well before.
 */
import type { Connection } from './connection.ts';

/** Of one kind. */
const mostAlike = 200;
/** That ended well, and that did not. */
const most = { well: 2500, badly: 4000 } as const;
const mostKinds = 20_000;

export class Likeness {
  readonly #kinds = new Map<string, number>();
  readonly #kept = { well: 0, badly: 0 };

  /** Whether a connection that is over is kept. */
  keeps(connection: Connection): boolean {
    const end = isWell(connection) ? 'well' : 'badly';
    if (this.#kept[end] >= most[end]) return false;
    const kind = kindOf(connection);
    const count = (this.#kinds.get(kind) ?? 0) + 1;
    if (count === 1 && this.#kinds.size >= mostKinds) this.#kinds.clear();
    this.#kinds.set(kind, count);
    if (count > mostAlike) return false;
    this.#kept[end] += 1;
    return true;
  }
}

/** Something was asked, and everything was answered without complaint. */
const isWell = ({ state, exchanges, handshakes, ends, socks, bytes }: Connection): boolean =>
  state === 'opened' &&
  bytes.down > 0 &&
  ends.every(({ how }) => how === 'fin') &&
  (socks?.reply?.code ?? 0) === 0 &&
  exchanges.every(({ answer, malformed }) => answer !== null && answer.status < 400 && malformed === null) &&
  handshakes.every(({ established, alert, garbled }) => established !== null && alert === null && garbled === null);

/** What a connection was for and how it ended, without its times and its ports. */
function kindOf({ fromIp, to, state, ends, exchanges, handshakes, bytes }: Connection): string {
  const [end] = ends;
  const said = exchanges
    .slice(0, 4)
    .map(({ method, target, answer }) => `${method} ${target.slice(0, 200)} ${answer?.status}`);
  const [secure] = handshakes;
  const tls = secure && `${secure.hello?.serverName} ${secure.alert?.name} ${secure.established !== null}`;
  return [fromIp, to, state, end?.dir, end?.how, bytes.up > 0, bytes.down > 0, tls, ...said].join(' ');
}
