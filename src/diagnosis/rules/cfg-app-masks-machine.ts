import { matchesExpression } from '../exceptions.ts';
import { machineFile, proxyFilter, serviceFile } from '../product-files.ts';
import { bySetting, counting, hasFailed, isFramework, nameOf, needing, placeOf, voided } from '../programs.ts';
import { rule } from '../rule.ts';

export const cfgAppMasksMachine = rule({
  id: 'cfg-app-masks-machine',
  title: 'The section in the program’s own file makes the one of machine.config void, exceptions included',
  severity: 'error',
  summary:
    'Sections of two files are never merged: a defaultProxy section in the .exe.config discards the one of machine.config as a ' +
    'whole (source). Exceptions that stood there are gone, and their hosts go to the proxy of the program’s own file.',
  confirm: `Filter ${proxyFilter}: a request for a host that machine.config excepts.`,
  fix: `Repeat the <bypasslist> of ${machineFile} in the program’s own file (${serviceFile}) beside proxyaddress, and restart the service.`,
  refutedIf: 'The program’s own file has the same exceptions, or no section.',
  alternatives: [],
  ...bySetting(
    'an exception in machine.config that a section of the program makes void, and a request that failed for it',
    needing('a section of machine.config that one in the program’s own file makes void', (program) =>
      voided(program, /^app-config$/),
    ),
    (program) => {
      const [address] = counting(program, 'proxy.proxyaddress', 'app-config');
      if (!address || !isFramework(program)) return [];
      return voided(program, /^app-config$/)
        .filter(({ data }) => data.name === 'bypasslist.add')
        .flatMap((setting) => {
          const requests = program.requests.filter(
            (request) =>
              hasFailed(request) &&
              request.attempts.some(({ proxy }) => proxy !== null) &&
              matchesExpression(setting.data.value, request.target),
          );
          return requests.map((request) => ({
            settings: [setting, address],
            requests: [request],
            about: request.target.host,
            why:
              `${placeOf(setting)} excepts "${setting.data.value}", and ${placeOf(address)} makes that void: ${nameOf(program)} asks ` +
              `${address.data.value} for ${request.target.host}, in vain.`,
          }));
        });
    },
  ),
});
