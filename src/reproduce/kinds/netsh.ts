import { redactNetsh } from '../../redact/index.ts';
import type { Kind } from '../kind.ts';

export const netsh: Kind = {
  name: 'netsh',
  summary: 'output of netsh winhttp show proxy or show advproxy',
  fits: ({ text }) => /winhttp|"AutoDetect"|"ProxyBypass"/i.test(text) && /:|：/.test(text),
  copy: () => 'netsh.txt',
  redact: redactNetsh,
  isSettings: true,
};
