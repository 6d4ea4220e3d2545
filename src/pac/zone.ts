/** Offsets of IANA time zones, from the host's own `Intl` data. */

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();
const quarter = 900_000;

let ownZone: string | undefined;

/** As it was when first asked: to find it out costs more than to run a short script. */
const machineZone = (): string => (ownZone ??= new Intl.DateTimeFormat().resolvedOptions().timeZone);

/** True when `Intl` knows the zone. */
export function isZone(zone: string): boolean {
  if (zone === 'UTC') return true;
  try {
    formatFor(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Milliseconds east of UTC that `zone` is at `time` (milliseconds since 1970); "" is the machine's own zone. */
export function zoneOffset(zone: string, time: number): number {
  if (zone === '') return zoneOffset(machineZone(), time);
  if (zone === 'UTC' || !Number.isFinite(time) || Math.abs(time) > 8.64e15) return 0;
  const slot = Math.floor(time / quarter);
  const key = `${zone} ${slot}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = computeOffset(zone, slot * quarter);
  if (offsets.size > 10_000) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

function computeOffset(zone: string, time: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatFor(zone).formatToParts(time)) part[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  return local.getTime() - Math.floor(time / 1000) * 1000;
}

function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}
