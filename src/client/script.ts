/** A proxy script that a client has, from its fetch until it is replaced. */
import { createHash } from 'node:crypto';

import type { Clock } from '../clock.ts';
import { headerOf } from '../http/index.ts';
import type { Answer } from '../http/index.ts';
import { loadPac } from '../pac/index.ts';
import type { Limits, Pac } from '../pac/index.ts';
import type { HeaderList } from '../trace/events.ts';
import { profileOf } from './dialect.ts';
import type { Found } from './discover.ts';
import type { ClientInit, ClientTools } from './tools.ts';

/** May be replaced while it runs: it is freed when its last use ends. */
export class Script {
  readonly found: Found;
  readonly pac: Pac;
  /** What came, with which header fields, and when: lab date in milliseconds since 1970. */
  readonly body: Buffer;
  headers: HeaderList;
  date: number;
  #users = 0;
  #retired = false;

  constructor(found: Found, pac: Pac, { body, headers }: Answer, date: number) {
    this.found = found;
    this.pac = pac;
    this.body = body;
    this.headers = headers;
    this.date = date;
  }

  async use<T>(work: (pac: Pac) => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await work(this.pac);
    } finally {
      this.#users -= 1;
      this.#free();
    }
  }

  /** The same came again. */
  renew({ headers }: Pick<Answer, 'headers'>, clock: Clock): this {
    this.headers = headers;
    this.date = clock.date();
    return this;
  }

  retire(): void {
    this.#retired = true;
    this.#free();
  }

  #free(): void {
    if (this.#retired && this.#users === 0) this.pac[Symbol.dispose]();
  }
}

/** Characters of a script that go into the trace. */
const textKept = 65_536;

/**
 * A loaded machine must not turn a slow script into an endless one: steps are counted, and time is the last resort.
 * The engine of pac-resolver counts none.
 */
const limitsOf = ({ dialect }: ClientInit): Partial<Limits> =>
  profileOf(dialect).engine === 'sandbox' ? { time: 15_000, checks: 1_000 } : {};

/** A script from an accepted answer; it has not run yet. */
export async function loadScript(
  found: Found,
  { url, answer, text, charset }: { url: string; answer: Answer; text: string; charset: string },
  init: ClientInit,
  { pen, clock, activity }: ClientTools,
): Promise<Script> {
  const contentType = headerOf(answer.headers, 'content-type');
  const typed = contentType === undefined ? {} : { contentType };
  const pac = await activity.during(loadPac(answer.body, { filename: url, ...typed, limits: limitsOf(init) }));
  pen.write('pac.loaded', {
    client: init.name,
    url,
    sha256: createHash('sha256').update(answer.body).digest('hex'),
    charset,
    length: text.length,
    text: text.slice(0, textKept),
  });
  return new Script(found, pac, answer, clock.date());
}
