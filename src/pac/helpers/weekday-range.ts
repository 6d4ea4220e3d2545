import { script, type Helper } from '../helper.ts';

/** Upper-case names only; a range wraps over the week's end; only the exact last argument "GMT" means UTC. */
export const weekdayRange: Helper = {
  name: 'weekdayRange',
  summary: 'True on the day or within the range of days.',
  variants: {
    wrapping: script(
      null,
      `var count = arguments.length;
       if (count < 1) return false;
       var utc = arguments[count - 1] == 'GMT';
       if (utc) count--;
       var now = new Date(), today = utc ? now.getUTCDay() : now.getDay();
       var first = dayNumber(arguments[0]), last = count == 2 ? dayNumber(arguments[1]) : first;
       if (first == -1 || last == -1) return false;
       return first <= last ? first <= today && today <= last : today <= last || first <= today;`,
    ),
  },
};
