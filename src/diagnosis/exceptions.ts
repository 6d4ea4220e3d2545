/** Whether a list of exceptions that a program had read names a host: `<bypasslist>` and the account's own list. */
import { globPattern } from '../glob.ts';
import type { Request } from '../trace/requests.ts';
import { counting } from './programs.ts';
import type { Program, Setting } from './programs.ts';

type Target = Request['target'];

export const isException = (program: Program, target: Target): boolean =>
  excepting(program, target).length > 0 ||
  counting(program, 'bypasslist.add').some(({ data }) => matchesExpression(data.value, target));

/** Settings with entries of the account's list that name the host. */
export const excepting = (program: Program, target: Target): { setting: Setting; entry: string }[] =>
  counting(program, 'ProxyOverride').flatMap((setting) =>
    setting.data.value
      .split(/[;\s]+/)
      .filter((entry) => entry !== '' && matchesEntry(entry, target))
      .map((entry) => ({ setting, entry })),
  );

/** An expression of `<bypasslist>`: unanchored, case ignored, against `scheme://host[:port]`. */
export function matchesExpression(expression: string, { scheme, host, port }: Target): boolean {
  const usual = port === (scheme === 'https' ? 443 : 80);
  try {
    return new RegExp(expression, 'i').test(`${scheme}://${host}${usual ? '' : `:${port}`}`);
  } catch {
    return false;
  }
}

const matchesEntry = (entry: string, { host }: Target): boolean =>
  entry.toLowerCase() === '<local>'
    ? !host.includes('.')
    : globPattern(entry.replace(/^.*:\/\//, '').replace(/:\d+$/, '')).test(host);
