import { redactRegistry } from '../../redact/index.ts';
import type { Kind } from '../kind.ts';

export const registry: Kind = {
  name: 'registry',
  summary: 'registry export (.reg)',
  fits: ({ text }) => /^\s*(?:Windows Registry Editor Version 5\.00|REGEDIT4)\s*$/m.test(text.slice(0, 4096)),
  copy: () => 'registry.reg',
  redact: redactRegistry,
  isSettings: true,
};
