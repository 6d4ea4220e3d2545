/** What a behaviour of the proxy is. One file each in `behaviours/`, named like its kind; `index.ts` lists them. */
import type { z } from 'zod';

import type { Entry } from '../registry.ts';
import type { ProxyContext } from './context.ts';
import type { Exchange } from './exchange.ts';

export interface ProxyBehaviour<S extends Entry['options'] = Entry['options']> extends Entry {
  options: S;
  /** Called when the proxy takes it up; what it gives is called when it is put down. For what needs no request. */
  begin?: (context: ProxyContext, options: z.output<S>) => () => void;
  /** Whether it concerns this request at all; what it does not concern is served as by a healthy proxy. */
  concerns?: (exchange: Exchange, options: z.output<S>) => boolean;
  /** Handles one request. Settles when the next one on the same connection may be looked at. */
  serve: (exchange: Exchange, options: z.output<S>) => Promise<void>;
  /** What it will do, in a few words: `answers 502 to everything`. */
  explain: (options: z.output<S>) => string;
}

/** Declares a behaviour; the options of `serve` are those of the schema. */
export const proxyBehaviour = <S extends Entry['options']>(behaviour: ProxyBehaviour<S>): ProxyBehaviour<S> =>
  behaviour;
