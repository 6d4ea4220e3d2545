import { machineFile } from '../product-files.ts';
import { unreadFiles } from '../unread-files.ts';
import { rule } from '../rule.ts';

export const cfgFrameworkBitness = rule({
  id: 'cfg-framework-bitness',
  title: 'The machine.config under Framework was edited, a 64-bit service reads the one under Framework64',
  severity: 'error',
  summary:
    'Windows has one machine.config for 32-bit and one for 64-bit programs. Connector and updater are 64-bit: what stands ' +
    'under …\\Framework\\v4.0.30319 has no effect on them.',
  confirm:
    'Compare both files: %SystemRoot%\\Microsoft.NET\\Framework\\v4.0.30319\\Config\\machine.config and the one under ' +
    'Framework64. Filter `tcp.port==8080` (Message Analyzer: `tcp.port==8080`), with the port of the proxy that the first ' +
    'one names: a capture shows no connection to it.',
  fix: `Make the change in ${machineFile} and take it out of the one under Framework; or better in the program’s own .exe.config. Restart both services.`,
  refutedIf: 'The machine.config under Framework64 holds the same section.',
  alternatives: [],
  ...unreadFiles(
    'a machine.config of the 32-bit framework, and a 64-bit program that went wrong without it',
    /^Framework64$/,
    'is the one of 32-bit programs',
  ),
});
