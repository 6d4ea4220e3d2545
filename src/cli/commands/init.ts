import type { Command } from '../command.ts';
import { exitCodes } from '../tools.ts';

/** A first scenario: small, passing, and with a fault to turn on. */
const hello = `# yaml-language-server: $schema=./scenario.schema.json
version: 1
id: hello
name: A proxy that challenges a client without credentials
lab:
  dns:
    suffix: corp.example
    records:
      proxy.corp.example: { A: 10.20.0.8 }
      www.example: { A: 203.0.113.10 }
  hosts:
    www.example: { https: { paths: { /: { body: hello } } } }
  proxies:
    edge:
      listen: proxy.corp.example:8080
      behaviour: { kind: challenge, schemes: [negotiate, ntlm], realm: CORP } # try allow, or { kind: respond, status: 502 }
clients:
  tool:
    profile: curl
    settings: { environment: { HTTPS_PROXY: 'http://proxy.corp.example:8080' } }
steps:
  - fetch: { url: https://www.example/, client: tool }
    expect: { proxy: { status: 407 }, origin: { reached: false } }
expect:
  diagnosis: { id: auth-407-connect, alone: true }
`;

const workflow = `name: proxy scenarios
on: [push, pull_request]
jobs:
  run:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - run: npx paclab run scenarios --reporter list,github,junit:paclab.xml
`;

export const init: Command = {
  name: 'init',
  summary: 'a first scenario, its schema for the editor, and a CI workflow',
  group: 'Help',
  usage: '[folder]',
  examples: ['init', 'init tests/proxy'],
  async run([folder = '.'], _options, { files, stdout }) {
    const { scenarioSchema } = await import('../../scenario/schema.ts');
    const { jsonSchemaOf } = await import('../../scenario/json-schema.ts');
    const wanted = {
      'scenarios/hello.yaml': hello,
      'scenarios/scenario.schema.json': `${JSON.stringify(jsonSchemaOf(scenarioSchema, 'paclab scenario'), null, 2)}\n`,
      '.github/workflows/paclab.yml': workflow,
    };
    for (const [name, text] of Object.entries(wanted)) {
      const path = folder === '.' ? name : `${folder.replace(/\/+$/, '')}/${name}`;
      if (await files.kind(path)) {
        stdout.write(`  kept     ${path}\n`);
        continue;
      }
      const file = files.create(path);
      file.write(text);
      file.close();
      stdout.write(`  written  ${path}\n`);
    }
    stdout.write(`\nNow: ${folder === '.' ? '' : `cd ${folder} && `}npx paclab run\n`);
    return exitCodes.yes;
  },
};
