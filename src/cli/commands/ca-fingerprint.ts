import type { Command } from '../command.ts';
import { machineAuthority } from '../machine-authority.ts';
import { exitCodes } from '../tools.ts';

export const caFingerprint: Command = {
  name: 'ca fingerprint',
  summary: 'SHA-256 of an authority of this machine',
  group: 'Lab',
  usage: '[name]',
  examples: ['ca fingerprint', 'ca fingerprint inspection-ca --json'],
  options: (definition) => definition.option('--json', 'print as JSON'),
  async run([name = 'public-ca'], options, tools) {
    const { certificate } = await machineAuthority(name, tools);
    const { fingerprint256: sha256, subject, validTo } = certificate;
    const text = options['json'] === true ? JSON.stringify({ name, sha256, subject, validTo }, null, 2) : sha256;
    tools.stdout.write(`${text}\n`);
    return exitCodes.yes;
  },
};
