/**
 * What .NET's configuration system makes of the elements below `<configuration>`: which of them are sections that
 * machine.config or `<configSections>` declares, which are groups, and which `<location>` counts for a program.
 * Source: BaseConfigurationRecord (ScanFactories, ScanSectionsRecursive, ScanLocationSection) and XmlUtil; texts are
 * the resource strings. Names: machine.config of .NET Framework 4.
 */
import type { SourcePlace } from '../failure.ts';
import type { XmlElement } from './xml.ts';

/** Something because of which the configuration system does not start. */
interface Complaint {
  text: string;
  at: SourcePlace;
  /** Such ones are told before all others. */
  global?: boolean;
}

export interface Scanned {
  /** The `<system.net>` groups that count. */
  groups: readonly XmlElement[];
  /** The one that is told comes first. */
  complaints: readonly Complaint[];
}

/** A section may stand once in a file; one that only others than .NET's own readers look at, as often as one likes. */
type Kind = 'group' | 'open-group' | 'section' | 'ignored';

/** Read by the runtime itself; the configuration system looks away, but forbids them in a `<location>`. */
const ignored = [
  'assemblyBinding',
  'mscorlib',
  'runtime',
  'satelliteassemblies',
  'startup',
  'system.runtime.remoting',
  'windows',
];

const sections = [
  'appSettings',
  'configProtectedData',
  'connectionStrings',
  'system.codedom',
  'system.data',
  'system.data.dataset',
  'system.data.odbc',
  'system.data.oledb',
  'system.data.oracleclient',
  'system.data.sqlclient',
  'system.diagnostics',
  'system.net/authenticationModules',
  'system.net/connectionManagement',
  'system.net/defaultProxy',
  'system.net/mailSettings/smtp',
  'system.net/requestCaching',
  'system.net/settings',
  'system.net/webRequestModules',
  'system.windows.forms',
  'System.Windows.Forms.ApplicationConfigurationSection',
  'uri',
];

/** Features of Windows add sections to these, so what stands in them is not looked at. */
const openGroups = [
  'system.runtime.caching',
  'system.runtime.serialization',
  'system.serviceModel',
  'system.serviceModel.activation',
  'system.transactions',
  'system.web',
  'system.web.extensions',
  'system.xaml.hosting',
  'system.xml.serialization',
];

const known: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...[...ignored, 'system.webServer'].map((name) => [name, 'ignored'] as const),
  ...sections.map((name) => [name, 'section'] as const),
  ...openGroups.map((name) => [name, 'open-group'] as const),
  ['system.net', 'group'],
  ['system.net/mailSettings', 'group'],
]);

const namespace = 'http://schemas.microsoft.com/.NetConfiguration/v2.0';

interface Scan {
  declared: ReadonlyMap<string, Kind>;
  seen: Set<string>;
  groups: XmlElement[];
  complaints: Complaint[];
}

/** `root` is `<configuration>`. */
export function scanSections(root: XmlElement): Scanned {
  const [first, ...rest] = root.children;
  const declares = first?.name === 'configSections';
  const declared = new Map(declares ? declarations(first, '') : []);
  const scan: Scan = { declared, seen: new Set(), groups: [], complaints: rootAttributes(root) };
  visit({ ...root, children: declares ? rest : root.children }, '', false, scan);
  const complaints = scan.complaints.toSorted(
    (a, b) =>
      Number(b.global ?? false) - Number(a.global ?? false) || a.at.line - b.at.line || a.at.column - b.at.column,
  );
  return { groups: scan.groups, complaints };
}

const rootAttributes = ({ attributes }: XmlElement): Complaint[] =>
  attributes.flatMap(({ name, value, at }): Complaint[] => {
    if (name !== 'xmlns') return [{ text: unknownAttribute(name), at }];
    const text = `Namespace of '${value}' on configuration element is invalid, only '${namespace}' is valid.`;
    return value === namespace ? [] : [{ text, at, global: true }];
  });

const unknownAttribute = (name: string): string =>
  `Unrecognized attribute '${name}'. Note that attribute names are case-sensitive.`;

/** `<section>` and `<sectionGroup>` by their whole path. */
function declarations({ children }: XmlElement, parent: string): [string, Kind][] {
  return children.flatMap((child): [string, Kind][] => {
    const of = (wanted: string) => child.attributes.find(({ name }) => name === wanted)?.value;
    const path = join(parent, of('name') ?? '');
    if (child.name === 'sectionGroup') return [[path, 'group'], ...declarations(child, path)];
    const kind = /\bIgnoreSection/.test(of('type') ?? '') ? 'ignored' : 'section';
    return child.name === 'section' ? [[path, kind]] : [];
  });
}

const join = (parent: string, name: string): string => (parent === '' ? name : `${parent}/${name}`);

function visit({ children, words }: XmlElement, parent: string, inLocation: boolean, scan: Scan): void {
  if (words) scan.complaints.push({ text: 'Unrecognized element.', at: words });
  for (const child of children) {
    if (child.name === 'configSections') scan.complaints.push({ text: onlyFirst, at: child.at });
    else if (child.name === 'location') location(child, parent !== '' || inLocation, scan);
    else section(child, join(parent, child.name), inLocation, scan);
  }
}

const onlyFirst =
  'Only one <configSections> element allowed per config file and if present must be the first child of the root <configuration> element.';

function section(element: XmlElement, path: string, inLocation: boolean, scan: Scan): void {
  const complain = (text: string): number => scan.complaints.push({ text, at: element.at });
  const kind = scan.declared.get(path) ?? known.get(path);
  if (kind === undefined) complain(`Unrecognized configuration section ${path}.`);
  if (kind === 'group') {
    if (path === 'system.net') scan.groups.push(element);
    visit(element, path, inLocation, scan);
  }
  if (inLocation && ignored.includes(path)) complain(notInLocation);
  if (kind !== 'section') return;
  if (scan.seen.has(path)) complain(onlyOnce);
  scan.seen.add(path);
}

const notInLocation =
  'This section is not allowed in <location> elements. This section has been marked allowLocation="false".';

const onlyOnce = 'Sections must only appear once per config file. See the help topic <location> for exceptions.';

const locationAttributes = ['path', 'allowOverride', 'overrideMode', 'inheritInChildApplications'];

/** Without a path, or with `.`, what stands in it counts as if it stood outside; with another it is a web site's. */
function location(element: XmlElement, nested: boolean, scan: Scan): void {
  const complain = (text: string, at = element.at): number => scan.complaints.push({ text, at, global: true });
  if (nested) {
    complain('<location> sections are allowed only within <configuration> sections.');
    return;
  }
  const strange = element.attributes.find(({ name }) => !locationAttributes.includes(name));
  if (strange) complain(unknownAttribute(strange.name), strange.at);
  const path = element.attributes.find(({ name }) => name === 'path');
  const value = path?.value ?? '';
  if (value === '' || value === '.') visit(element, '', true, scan);
  else if (/^[\s\\./]/.test(value)) complain(badPath('start'), path?.at);
  else if (/[\s\\./]$/.test(value)) complain(badPath('end'), path?.at);
}

const badPath = (where: 'start' | 'end'): string =>
  `<location> path attribute must be a relative virtual path. It cannot ${where} with any of ' ' '.' '/' or '\\'.`;
