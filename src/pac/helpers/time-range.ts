import { script, type Helper } from '../helper.ts';

/**
 * One or two arguments compare whole hours, both ends included, without wrapping; four or six compare instants and wrap.
 * "GMT" shifts `now` but not the bounds. Other counts throw: a bare text in Chromium, an Error in Firefox 153.
 */
const body = (complaint: string): string => `var count = arguments.length;
  if (count < 1) return false;
  var now = new Date(), utc = arguments[count - 1] == 'GMT';
  if (utc) count--;
  var hour = utc ? now.getUTCHours() : now.getHours();
  if (count == 1) return hour == arguments[0];
  if (count == 2) return arguments[0] <= hour && hour <= arguments[1];
  if (count != 4 && count != 6) throw ${complaint};
  var start = new Date(), end = new Date(), half = count >> 1;
  if (count == 6) {
    start.setSeconds(arguments[2]);
    end.setSeconds(arguments[5]);
  }
  start.setHours(arguments[0]);
  start.setMinutes(arguments[1]);
  end.setHours(arguments[half]);
  end.setMinutes(arguments[half + 1]);
  if (count == 4) end.setSeconds(59);
  if (utc) shiftToUtc(now);
  return within(start, now, end);`;

export const timeRange: Helper = {
  name: 'timeRange',
  summary: 'True at the hour or within the range of times.',
  variants: {
    'throws-text': script(null, body(`'timeRange: bad number of arguments'`)),
    'throws-error': script(null, body(`new Error('timeRange: bad number of arguments')`)),
  },
};
