import { serviceFile, updaterFile } from '../product-files.ts';
import { bySetting, isStillborn, nameOf, needing, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';

/** What .NET says of something that stands where it knows nothing of the kind. */
const misplaced =
  /Unrecognized configuration section|Unrecognized element|Only one <configSections>|Sections must only appear once|cannot contain a CDATA or text element|not allowed in <location>|does not have root <configuration>|multiple root elements/i;

export const cfgFragmentOutsideSystemNet = rule({
  id: 'cfg-fragment-outside-system-net',
  title: 'Lines stand in the configuration file where .NET does not know them',
  severity: 'error',
  summary:
    'Printed samples show the lines to add, not the elements around them; or they show all of the file, and are pasted into ' +
    'another. defaultProxy is a section of <configuration><system.net>, and proxy an element of defaultProxy; anywhere else, ' +
    'misspelled, twice, or above <configSections>, the configuration system of .NET does not know them and the program ' +
    'cannot start (inferred from the framework’s source).',
  confirm:
    'A capture that spans the start of the service shows nothing for the filter `tcp.port==8080 || tcp.port==443` (the same in Message ' +
    'Analyzer; with the port of your proxy), since the service does not start. The event log has “Configuration system ' +
    'failed to initialize” and inside it “Unrecognized configuration section …” or another of these with its line.',
  fix:
    'Put the lines where they belong: <configuration><system.net><defaultProxy>…<proxy …/></defaultProxy></system.net>, ' +
    `<gcServer> under <runtime>, <add> under <appSettings>, <configSections> first of all, in ${serviceFile} and ${updaterFile}; begin from the saved copy ` +
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
