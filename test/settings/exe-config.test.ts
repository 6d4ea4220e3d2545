import { expect, test } from 'vitest';

import { InputError } from '../../src/failure.ts';
import type { Problem } from '../../src/failure.ts';
import { parseExeConfig } from '../../src/settings/exe-config.ts';
import { configuration, fixture } from './kit.ts';

const parse = (text: string) => parseExeConfig({ file: 'Service.exe.config', text });

const problemOf = (text: string): Problem | undefined => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof InputError) return error.problems[0];
    throw error;
  }
  return undefined;
};

const baselines = '../../scenarios/baselines';

test('the bypass file of the documentation says enabled=false, with its place', () => {
  const file = 'ApplicationProxyConnectorService.exe.config';
  const { section, fault } = parseExeConfig({ file, text: fixture(`${baselines}/connector-bypass/${file}`) });
  expect(fault).toBeUndefined();
  expect(section?.origin).toEqual({ file, line: 4, column: 5 });
  expect(section?.enabled).toEqual({ value: false, origin: { file, line: 4, column: 19 } });
  expect(section?.proxyaddress).toBeUndefined();
});

test('the explicit-proxy file of the documentation says three values, each with its place', () => {
  const file = 'ApplicationProxyConnectorService.exe.config';
  const { section, fault } = parseExeConfig({ file, text: fixture(`${baselines}/connector-explicit/${file}`) });
  expect(fault).toBeUndefined();
  expect(section?.proxyaddress).toEqual({ value: 'http://proxyserver:8080', origin: { file, line: 5, column: 14 } });
  expect(section?.bypassonlocal).toEqual({ value: true, origin: { file, line: 5, column: 53 } });
  expect(section?.usesystemdefault).toEqual({ value: true, origin: { file, line: 5, column: 74 } });
  expect(section?.enabled).toBeUndefined();
});

test('a file without the section has none, and is no fault', () => {
  expect(parse(configuration('<runtime><gcServer enabled="true"/></runtime>'))).toMatchObject({
    section: undefined,
    fault: undefined,
  });
});

test('a fragment pasted in place of the whole file keeps the program from starting', () => {
  for (const [name, line] of [
    ['bypass-pasted-alone', 2],
    ['explicit-pasted-alone', 2],
  ] as const) {
    const { section, fault } = parse(fixture(`fixtures/${name}.config`));
    expect(section).toBeUndefined();
    expect(fault).toMatchObject({
      name: 'System.Configuration.ConfigurationErrorsException',
      text: 'Configuration system failed to initialize',
      inner: `Configuration file Service.exe.config does not have root <configuration> tag (Service.exe.config line ${line})`,
      origin: { line },
      mark: 'inferred',
    });
  }
});

test.each([
  ['<defaultProxy enabled="false"></defaultProxy>', 'defaultProxy'],
  ['<proxy proxyaddress="http://p:8080"/>', 'proxy'],
  ['<gcServer enabled="true"/>', 'gcServer'],
  ['<System.Net><defaultProxy/></System.Net>', 'System.Net'],
  ['<system.net><proxy/></system.net>', 'system.net/proxy'],
  ['<system.net><defaultproxy/></system.net>', 'system.net/defaultproxy'],
])('%s outside of its place is an unrecognized section', (inside, path) => {
  expect(parse(configuration(inside)).fault?.inner).toBe(
    `Unrecognized configuration section ${path}. (Service.exe.config line 3)`,
  );
});

test('sections that configSections or machine.config declares are no fault', () => {
  const declared =
    '<configSections><section name="proxy" type="T"/><sectionGroup name="own"><section name="a" type="T"/></sectionGroup></configSections>' +
    '<proxy/><own><a>words</a></own>';
  const usual =
    '<!-- words --><startup useLegacyV2RuntimeActivationPolicy="true"><supportedRuntime version="v4.0"/></startup>' +
    '<runtime><gcServer enabled="true"/></runtime><runtime/><appSettings><add key="a" value="b"/></appSettings>' +
    '<connectionStrings/><system.diagnostics><trace/></system.diagnostics><system.serviceModel><anything/></system.serviceModel>' +
    '<system.net><mailSettings><smtp/></mailSettings><connectionManagement/></system.net><configProtectedData/><uri/>';
  for (const inside of [declared, usual, declared + usual])
    expect(parse(configuration(inside)).fault, inside).toBeUndefined();
});

test('a namespace of its own makes a file unreadable for .NET, the one of the schema does not', () => {
  const text = (name: string) =>
    `<configuration xmlns="${name}"><system.net><defaultProxy/></system.net></configuration>`;
  expect(parse(text('http://schemas.microsoft.com/.NetConfiguration/v2.0')).section).toBeDefined();
  expect(parse(text('urn:x')).fault?.inner).toContain("Namespace of 'urn:x' on configuration element is invalid");
});

const off = '<system.net><defaultProxy enabled="false"/></system.net>';

test.each([
  [`<configuration>\n${off}</configuration>`, 'Unrecognized configuration section configuration.', 3],
  [
    `${off}\n<configSections><section name="foo" type="Foo"/></configSections>`,
    'Only one <configSections> element allowed per config file and if present must be the first child of the root <configuration> element.',
    4,
  ],
  [`<configSections/>\n<configSections/>`, 'Only one <configSections> element allowed per config file and if', 4],
  ['<sytem.net><defaultProxy enabled="false"/></sytem.net>', 'Unrecognized configuration section sytem.net.', 3],
  [`${off}\n<contoso.own/>`, 'Unrecognized configuration section contoso.own.', 4],
  [
    '<configSections><sectionGroup name="own"/></configSections>\n<own><a/></own>',
    'Unrecognized configuration section own/a.',
    4,
  ],
  [`${off}\n\n see KB 123`, 'Unrecognized element.', 5],
  ['<system.net>\n<![CDATA[ words ]]></system.net>', 'Unrecognized element.', 4],
  [
    `${off}\n${off}`,
    'Sections must only appear once per config file. See the help topic <location> for exceptions.',
    4,
  ],
  ['<appSettings/>\n<appSettings/>', 'Sections must only appear once per config file.', 4],
  [`${off}\n<location>${off}</location>`, 'Sections must only appear once per config file.', 4],
  ['<location><runtime/></location>', 'This section is not allowed in <location> elements.', 3],
  [`<location path="/a">${off}</location>`, "It cannot start with any of ' ' '.' '/' or '\\'.", 3],
  [`<location path="a/">${off}</location>`, "It cannot end with any of ' ' '.' '/' or '\\'.", 3],
  [`<typo/>\n<location paht=".">${off}</location>`, "Unrecognized attribute 'paht'.", 4],
  [`<location><location>${off}</location></location>`, '<location> sections are allowed only within', 3],
])('%j keeps the program from starting', (inside, text, line) => {
  const { fault, section } = parse(configuration(inside));
  expect(section).toBeUndefined();
  expect(fault).toMatchObject({ text: 'Configuration system failed to initialize', origin: { line } });
  expect(fault?.inner).toContain(text);
  expect(fault?.inner).toMatch(new RegExp(`\\(Service\\.exe\\.config line ${line}\\)$`));
});

test('a location without a path, or with a dot, holds for the program; one of a web site does not', () => {
  const read = (attributes: string) => parse(configuration(`<location${attributes}>${off}</location>`));
  for (const attributes of ['', ' path=""', ' path="."', ' path="." allowOverride="true"'])
    expect(read(attributes), attributes).toMatchObject({ fault: undefined, section: { enabled: { value: false } } });
  expect(read(' path="site"')).toMatchObject({ fault: undefined, section: undefined });
});

test('a second root element is what .NET calls multiple root elements', () => {
  const text = '<configuration/>\n<defaultProxy enabled="false"/>';
  expect(parse(text).fault?.inner).toContain('There are multiple root elements. Line 2, position 2.');
});

test.each([
  ['<proxy proxyAddress="http://p:8080"/>', "Unrecognized attribute 'proxyAddress'. Note that attribute names are"],
  ['<proxy usesystemdefault="yes"/>', 'The error is: yes is not a valid value for UseSystemDefaultValues.'],
  [
    '<proxy proxyaddress="10.0.0.5:8080"/>',
    "of the property 'proxyaddress' cannot be parsed. The error is: Invalid URI",
  ],
  ['<proxy/><proxy/>', 'The element <proxy> may only appear once in this section.'],
  ['<bypassList/>', "Unrecognized element 'bypassList'."],
  ['<bypasslist><add/></bypasslist>', "Required attribute 'address' not found."],
  ['hello', 'The configuration section cannot contain a CDATA or text element.'],
  ['<bypasslist>a\\.example</bypasslist>', 'The configuration section cannot contain a CDATA or text element.'],
  ['<proxy><![CDATA[p:8080]]></proxy>', 'The configuration section cannot contain a CDATA or text element.'],
])('%s in the section is a fault in the words of .NET', (inside, text) => {
  const { section, fault } = parse(
    configuration(`<system.net>\n<defaultProxy>\n${inside}\n</defaultProxy></system.net>`),
  );
  expect(section).toBeUndefined();
  expect(fault?.text).toContain(text);
  expect(fault?.text).toMatch(/\(Service\.exe\.config line 5\)$/);
});

test('values of True and False know no case, and Unspecified is as good as nothing', () => {
  const { section } = parse(
    configuration(
      '<system.net><defaultProxy enabled="TRUE"><proxy usesystemdefault="unspecified" bypassonlocal="true"/></defaultProxy></system.net>',
    ),
  );
  expect([section?.enabled?.value, section?.usesystemdefault, section?.bypassonlocal?.value]).toEqual([
    true,
    undefined,
    true,
  ]);
});

test('a bypasslist is added to, removed from and cleared in its order', () => {
  const inside =
    '<add address="gone"/><clear/><add address="one"/><add address="two"/><remove address="one"/><add address="three"/>';
  const { section } = parse(
    configuration(`<system.net><defaultProxy><bypasslist>${inside}</bypasslist></defaultProxy></system.net>`),
  );
  expect(section?.bypasslist.map(({ value }) => value)).toEqual(['two', 'three']);
});

test('webProxyScript gives its times in milliseconds', () => {
  const script = '<settings><webProxyScript downloadTimeout="00:00:30" autoConfigUrlRetryInterval="60"/></settings>';
  const config = parse(configuration(`<system.net>${script}</system.net>`));
  expect([config.downloadTimeout?.value, config.retryInterval?.value]).toEqual([30_000, 60_000]);
});

test.each([
  ['', 'the file is empty', 1, 1],
  ['proxy = http://p:8080', 'this is not XML: there is no element', 1, 1],
  ['\n<?xml version="1.0"?><configuration/>', 'the XML declaration must be the very first thing in the file', 2, 1],
  [
    '<configuration>\n  <runtime>\n  </Runtime>\n</configuration>',
    '</Runtime> does not close <runtime> of line 2',
    3,
    3,
  ],
  ['<configuration>\n  <runtime>\n', '<runtime> is never closed', 2, 3],
  ['<configuration>\n  </runtime>\n', '</runtime> does not close <configuration> of line 1', 2, 3],
  ['<configuration>\n <a b=c/></configuration>', "the value of 'b' must stand in quotes, but there is c", 2, 5],
  ['<configuration>\n <a b=“1”/></configuration>', "the value of 'b' must stand in quotes, but there is “1”", 2, 5],
  ['<configuration>\n <a b/></configuration>', "the attribute 'b' has no value", 2, 5],
  ['<configuration>\n <a b="1"c="2"/></configuration>', 'a space is missing between attributes', 2, 10],
  ['<configuration>\n <a b="x & y"/></configuration>', "'&' must be written as '&amp;'", 2, 10],
  [
    '<configuration>\n <a>&company;</a></configuration>',
    "the entity '&company;' is not defined; entities are refused",
    2,
    5,
  ],
  ['<configuration/>\nhello', 'text outside of any element', 2, 1],
  ['<configuration>\n <a b="1" c="2/>\n<d e="3"/></configuration>', "the value of 'c' has no closing \"", 2, 11],
  ["<configuration>\n <a b='1>\n</a></configuration>", "the value of 'b' has no closing '", 2, 5],
  ['<configuration>\n <a b="x <local> y"/></configuration>', "'<' in a value is written '&lt;'", 2, 10],
  ['<configuration>\n <x:a b="1"/></configuration>', "the prefix 'x' is not declared", 2, 3],
  ['<configuration>\n <a xmlns:y="u"><b x:c="1"/></a></configuration>', "the prefix 'x' is not declared", 2, 20],
  ['<configuration>\n <a xmlns:x="u"/><b x:c="1"/></configuration>', "the prefix 'x' is not declared", 2, 21],
  ['<configuration>\n <!-- a\n</configuration>', "the comment is never closed with '-->'", 2, 2],
  ['<configuration>\n <a><![CDATA[ b\n</a></configuration>', "the CDATA section is never closed with ']]>'", 2, 5],
  ['<configuration>\n <!-- a -- b --></configuration>', "a comment must not hold '--'", 2, 9],
  ['<configuration>\n\0</configuration>', 'the character U+0000 is not allowed in XML', 2, 1],
  ['<configuration>\n<a b="1"\n<c/></configuration>', "the tag <a is not closed with '>'", 2, 1],
  [
    '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<c>&x;</c>',
    'a document type is not allowed here: entities are never followed',
    1,
    1,
  ],
])('%j is refused with its place', (text, message, line, column) => {
  expect(problemOf(text)).toMatchObject({
    message,
    at: { file: 'Service.exe.config', line, column },
    source: text.split('\n')[line - 1],
  });
});

test('declared prefixes, quotes in comments, and comments in CDATA are no mistakes', () => {
  const inside =
    `<!-- it's "open <x:a --><runtime xmlns:x="u" xml:space='preserve'><a x:b="c>d" e='"'><x:f/></a>` +
    '<g xmlns:y="v" y:h="1"/><![CDATA[ <!-- a -- b ]]></runtime>';
  expect(problemOf(configuration(inside))).toBeUndefined();
  expect(parse(configuration(inside)).fault).toBeUndefined();
});

test.each([
  ['usesystemdefault', '1', true],
  ['usesystemdefault', '0', false],
  ['usesystemdefault', '-1', undefined],
  ['usesystemdefault', '5', undefined],
  ['bypassonlocal', ' 1 ', true],
  ['bypassonlocal', '5', false],
  ['autoDetect', '+1', true],
] as const)('%s="%s" is the member %s of the enumeration', (name, value, is) => {
  const { section, fault } = parse(
    configuration(`<system.net><defaultProxy><proxy ${name}="${value}"/></defaultProxy></system.net>`),
  );
  expect(fault).toBeUndefined();
  expect(section?.[name]?.value).toBe(is);
});

test('a number is no value of enabled, and none of an enumeration when it is too large', () => {
  const of = (inside: string) => parse(configuration(`<system.net>${inside}</system.net>`)).fault?.text;
  expect(of('<defaultProxy enabled="1"/>')).toContain('1 is not a valid value for Boolean.');
  expect(of('<defaultProxy><proxy autoDetect="99999999999"/></defaultProxy>')).toContain(
    '99999999999 is not a valid value for AutoDetectValues.',
  );
});

test('what follows a file elsewhere is refused, not followed', () => {
  const problem = problemOf(configuration('<system.net><defaultProxy configSource="proxy.config"/></system.net>'));
  expect(problem).toMatchObject({ message: 'configSource is not followed', at: { line: 3, column: 27 } });
});

test('a mark at the start, comments and Windows line ends change no place', () => {
  const text = `\uFEFF${configuration('<!-- a & b <c> -->\n<system.net><defaultProxy\n  enabled = "false" /></system.net>')}`;
  const { section, fault } = parse(text.replaceAll('\n', '\r\n'));
  expect(fault).toBeUndefined();
  expect(section?.enabled).toMatchObject({ value: false, origin: { line: 5, column: 3 } });
});
