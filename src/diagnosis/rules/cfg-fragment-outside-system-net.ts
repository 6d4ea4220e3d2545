import { serviceFile, updaterFile } from '../product-files.ts';
import { bySetting, isStillborn, nameOf, needing, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';

/** What the configuration system says of an element that stands where no section may stand. */
const misplaced =
  /Unrecognized configuration section (?:system\.net\/)?(?:defaultProxy|proxy|bypasslist|module|gcServer|add)\b|does not have root <configuration>|multiple root elements/i;

export const cfgFragmentOutsideSystemNet = rule({
  id: 'cfg-fragment-outside-system-net',
  title: 'The sample was pasted without <configuration><system.net> around it',
  severity: 'error',
  summary:
    'Printed samples show the lines to add, not the elements around them. defaultProxy is a section of ' +
    '<configuration><system.net>, and proxy an element of defaultProxy; anywhere else the configuration system of .NET ' +
    'does not know them and the program cannot start (inferred from the framework’s source).',
  confirm:
    'A capture that spans the start of the service shows nothing for the filter `tcp.port==8080 || tcp.port==443` (the same in Message ' +
    'Analyzer; with the port of your proxy), since the service does not start. The event log has “Configuration system ' +
    'failed to initialize” and inside it “Unrecognized configuration section …” or the place of the second root.',
  fix:
    'Put the lines where they belong: <configuration><system.net><defaultProxy>…<proxy …/></defaultProxy></system.net>, ' +
    `<gcServer> under <runtime>, <add> under <appSettings>, in ${serviceFile} and ${updaterFile}; begin from the saved copy ` +
    'of the original file.',
  refutedIf: 'The service starts with this file.',
  alternatives: [],
  ...bySetting(
    'a configuration file that .NET refuses for an element at the wrong place',
    needing('a configuration file that cannot be used', (program) =>
      program.settings.filter(({ data }) => data.value === 'unusable'),
    ),
    (program) =>
      program.settings
        .filter(({ data }) => data.value === 'unusable' && misplaced.test(data.note ?? ''))
        .map((setting) => ({
          settings: [setting],
          requests: program.requests.filter(isStillborn),
          about: placeOf(setting),
          why: `${placeOf(setting)}: ${setting.data.note ?? ''} ${nameOf(program)} sends no packet.`,
        })),
  ),
});
