import { redactEnvironment } from '../../redact/index.ts';
import { isEnvironment } from '../../settings/environment.ts';
import type { Kind } from '../kind.ts';

export const environment: Kind = {
  name: 'environment',
  summary: 'environment variables, as set, env, export -p or gci env: print them',
  fits: ({ text }) => isEnvironment(text),
  copy: () => 'environment.txt',
  redact: redactEnvironment,
  isSettings: true,
};
