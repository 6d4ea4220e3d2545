import { script, type Helper } from '../helper.ts';

/**
 * Bounds start as the first and the last second of this local year; the first half of the arguments is written over the
 * one, the second half over the other, each by its kind (name: month, below 32: day, else year). Fields are set one at a
 * time, so a bound on the 31st overflows in a short month; a first bound behind the second wraps. "GMT" moves `now` to
 * UTC field by field on the same object, which goes wrong near the ends of months, as it does in the browsers.
 */
const body = `var count = arguments.length, i;
  if (count < 1) return false;
  var now = new Date(), utc = arguments[count - 1] == 'GMT';
  if (utc) count--;
  if (count == 1) {
    var only = parseInt(arguments[0]);
    if (isNaN(only)) return (utc ? now.getUTCMonth() : now.getMonth()) == monthNumber(arguments[0]);
    if (only < 32) return (utc ? now.getUTCDate() : now.getDate()) == only;
    return (utc ? now.getUTCFullYear() : now.getFullYear()) == only;
  }
  var year = now.getFullYear();
  var bounds = [new Date(year, 0, 1, 0, 0, 0), new Date(year, 11, 31, 23, 59, 59)];
  var half = count >> 1, daysOnly = false;
  for (i = 0; i < count; i++) {
    var bound = bounds[i < half ? 0 : 1], number = parseInt(arguments[i]);
    if (isNaN(number)) bound.setMonth(monthNumber(arguments[i]));
    else if (number < 32) {
      if (i < half) daysOnly = count <= 2;
      bound.setDate(number);
    } else bound.setFullYear(number);
  }
  if (daysOnly) {
    bounds[0].setMonth(now.getMonth());
    bounds[1].setMonth(now.getMonth());
  }
  if (utc) shiftToUtc(now);
  return within(bounds[0], now, bounds[1]);`;

export const dateRange: Helper = {
  name: 'dateRange',
  summary: 'True on the date or within the range of dates.',
  variants: { overflowing: script(null, body) },
};
