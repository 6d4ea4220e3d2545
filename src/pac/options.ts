/** What a caller hands in for one evaluation, with the defaults filled in. */
import type { Limits } from './limits.ts';
import { machineTime } from './limits.ts';
import type { LookupOptions } from './lookup.ts';
import type { ProfileName } from './profile.ts';
import { isZone } from './zone.ts';

export interface ResolveOptions extends LookupOptions {
  readonly profile?: ProfileName;
  /** The script's clock: ISO text, milliseconds since 1970, or a function that gives them. Default: the machine's. */
  readonly now?: string | number | Date | (() => number);
  /** IANA zone of the script's clock. Default: UTC when `now` is given, else the machine's. */
  readonly timeZone?: string;
  /** In place of the engine's Math.random. */
  readonly random?: () => number;
  /** Gather `calls` with their lines. Default: on for one URL, off for many, where it costs most of the time. */
  readonly trace?: boolean;
  /** PAC is mandatory: a client that knows the setting refuses the request instead of going DIRECT. */
  readonly mandatory?: boolean;
  /** Overrides the limits given to `loadPac`. */
  readonly limits?: Partial<Limits>;
}

export interface Setting {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** IANA name; "" is the machine's own. */
  readonly zone: string;
}

/** Options of a request whose time has been taken. */
export interface Fixed {
  readonly setting: Setting;
}

/** Time and zone of a request; throws a RangeError for what is neither. */
export function settingOf(options: ResolveOptions & Partial<Fixed>): Setting {
  if (options.setting) return options.setting;
  const zone = options.timeZone ?? (options.now === undefined ? '' : 'UTC');
  if (options.timeZone !== undefined && !isZone(zone)) throw new RangeError(`unknown time zone "${zone}"`);
  return { now: timeOf(options.now), zone };
}

function timeOf(now: ResolveOptions['now']): number {
  if (now === undefined) return Math.floor(machineTime());
  const time = typeof now === 'function' ? now() : typeof now === 'string' ? Date.parse(now) : Number(now);
  if (!Number.isFinite(time)) throw new RangeError(`not a time: ${String(now)}`);
  return Math.floor(time);
}
