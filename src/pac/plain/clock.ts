/**
 * Twins of the helpers that look at the clock. The texts in `helpers/` set the fields of local dates; here that is done on
 * dates moved by the zone's offset, which is the same as long as that offset stays what it is. Where it does not, as around
 * the change to summer time, the engine is asked.
 */
import type { Setting } from '../options.ts';
import { zoneOffset } from '../zone.ts';
import { unsureHere, type Value } from './machine.ts';

const day = 86_400_000;

/** The clock's local time as if it were UTC, and how far it is moved. */
function moved({ now, zone }: Setting): { at: Date; offset: number } {
  const offset = zoneOffset(zone, now);
  if (offset % 60_000 !== 0) unsureHere(); // the engine counts whole minutes
  return { at: new Date(now + offset), offset };
}

/** Whether the offset stays the same between two moments, with some days around them. */
function steady({ zone, now }: Setting, times: readonly number[]): void {
  if (zone === 'UTC') return;
  const [first, last] = [Math.min(now, ...times) - 40 * day, Math.max(now, ...times) + 40 * day];
  const offset = zoneOffset(zone, now);
  if (!(last - first < 1500 * day)) unsureHere();
  for (let at = first; at <= last; at += 7 * day) if (zoneOffset(zone, at) !== offset) unsureHere();
}

/** The arguments before a last "GMT", and whether that was there. */
function split(args: readonly Value[]): { given: readonly Value[]; utc: boolean } {
  const utc = args.at(-1) === 'GMT';
  return { given: utc ? args.slice(0, -1) : args, utc };
}

const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** Number of a name, or -1. Anything but a short word is left to the engine. */
function numberOf(name: Value, names: readonly string[]): number {
  return typeof name === 'string' && /^[A-Za-z]{1,3}$/.test(name) ? names.indexOf(name) : unsureHere();
}

const whole = (value: Value): number =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 10_000 ? value : unsureHere();

const within = (start: number, now: number, end: number): boolean =>
  start <= end ? start <= now && now <= end : now <= end || start <= now;

export function weekdayRange(setting: Setting, args: readonly Value[]): boolean {
  if (args.length < 1) return false;
  const { given, utc } = split(args);
  const today = (utc ? new Date(setting.now) : moved(setting).at).getUTCDay();
  const first = numberOf(given[0] ?? 'GMT', weekdays);
  const last = given.length === 2 ? numberOf(given[1], weekdays) : first;
  return first >= 0 && last >= 0 && within(first, today, last);
}

export function timeRange(setting: Setting, args: readonly Value[]): boolean {
  if (args.length < 1) return false;
  const { given, utc } = split(args);
  const numbers = given.map(whole);
  const { at, offset } = moved(setting);
  const hour = utc ? new Date(setting.now).getUTCHours() : at.getUTCHours();
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = numbers;
  if (numbers.length === 1) return hour === a;
  if (numbers.length === 2) return a <= hour && hour <= b;
  if (numbers.length !== 4 && numbers.length !== 6) return unsureHere();
  const [start, end] = [new Date(at), new Date(at)];
  if (numbers.length === 6) {
    start.setUTCSeconds(c);
    end.setUTCSeconds(f);
  }
  start.setUTCHours(a);
  start.setUTCMinutes(b);
  end.setUTCHours(numbers.length === 6 ? d : c);
  end.setUTCMinutes(numbers.length === 6 ? e : d);
  if (numbers.length === 4) end.setUTCSeconds(59);
  const now = utc ? shifted(at, offset) : at;
  const times = [start, now, end].map((date) => date.getTime() - offset);
  steady(setting, times);
  const [from = 0, present = 0, to = 0] = times;
  return within(from, present, to);
}

export function dateRange(setting: Setting, args: readonly Value[]): boolean {
  if (args.length < 1) return false;
  const { given, utc } = split(args);
  const { at, offset } = moved(setting);
  if (given.length === 1) return onlyDate(utc ? new Date(setting.now) : at, given[0]);
  const year = at.getUTCFullYear();
  const bounds = [new Date(Date.UTC(year, 0, 1)), new Date(Date.UTC(year, 11, 31, 23, 59, 59))] as const;
  const half = given.length >> 1;
  let daysOnly = false;
  given.forEach((value, index) => {
    const bound = bounds[index < half ? 0 : 1];
    if (typeof value === 'string') bound.setUTCMonth(numberOf(value, months));
    else if (whole(value) < 32) {
      if (index < half) daysOnly = given.length <= 2;
      bound.setUTCDate(whole(value));
    } else bound.setUTCFullYear(whole(value));
  });
  if (daysOnly) for (const bound of bounds) bound.setUTCMonth(at.getUTCMonth());
  const now = utc ? shifted(at, offset) : at;
  const [from = 0, present = 0, to = 0] = [bounds[0], now, bounds[1]].map((date) => date.getTime() - offset);
  steady(setting, [from, present, to, Date.UTC(year, 0, 1), Date.UTC(year, 11, 31)]);
  return within(from, present, to);
}

function onlyDate(date: Date, value: Value): boolean {
  if (typeof value === 'string') return date.getUTCMonth() === numberOf(value, months);
  return (whole(value) < 32 ? date.getUTCDate() : date.getUTCFullYear()) === value;
}

/** The local fields set to those of UTC, one after the other, as the helpers do. */
function shifted(at: Date, offset: number): Date {
  const date = new Date(at);
  const utc = (): Date => new Date(date.getTime() - offset);
  date.setUTCFullYear(utc().getUTCFullYear());
  date.setUTCMonth(utc().getUTCMonth());
  date.setUTCDate(utc().getUTCDate());
  date.setUTCHours(utc().getUTCHours());
  date.setUTCMinutes(utc().getUTCMinutes());
  date.setUTCSeconds(utc().getUTCSeconds());
  return date;
}
