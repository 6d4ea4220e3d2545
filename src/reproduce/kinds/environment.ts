import { redactEnvironment } from '../../redact/index.ts';
import type { Kind } from '../kind.ts';

const assignment = /^(?:(?:declare -x|export|set) )?[A-Za-z_][\w()]*=/;

export const environment: Kind = {
  name: 'environment',
  summary: 'environment variables, as set, env or export -p print them',
  fits: ({ text }) => {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
    return lines.length > 0 && lines.every((line) => assignment.test(line));
  },
  copy: () => 'environment.txt',
  redact: redactEnvironment,
  isSettings: true,
};
