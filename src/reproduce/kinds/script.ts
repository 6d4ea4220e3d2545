import { gatherFragments, redactScript } from '../../redact/index.ts';
import type { Kind } from '../kind.ts';
import { proxiesInScript } from '../proxies.ts';

export const script: Kind = {
  name: 'script',
  summary: 'proxy script (PAC, wpad.dat)',
  fits: ({ name, text }) =>
    /\bFindProxyForURL(?:Ex)?\b/i.test(text) || (/\.(?:pac|dat)$/i.test(name) && /function|return|<html/i.test(text)),
  copy: (path) => (/\.pac$/i.test(path) ? 'proxy.pac' : 'wpad.dat'),
  gather: gatherFragments,
  redact: redactScript,
  isSettings: false,
  tells: ({ name, text }) => [
    ...text
      .split('\n')
      .flatMap((line, index) =>
        /function\s+FindProxyForURL(?:Ex)?\b/.test(line) ? [{ says: 'entry point', at: `${name}:${index + 1}` }] : [],
      ),
    ...proxiesInScript(text).map(({ route, line }) => ({ says: `names ${route}`, at: `${name}:${line}` })),
  ],
};
