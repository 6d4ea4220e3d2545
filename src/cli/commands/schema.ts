import type { Command } from '../command.ts';
import { exitCodes } from '../tools.ts';
import { unknownWord } from '../usage.ts';

/** What has a schema; each is loaded when it is asked for. */
const schemas: Readonly<Record<string, () => Promise<object>>> = {
  scenario: async () => {
    const [{ scenarioSchema }, { jsonSchemaOf }] = await Promise.all([
      import('../../scenario/schema.ts'),
      import('../../scenario/json-schema.ts'),
    ]);
    return jsonSchemaOf(scenarioSchema, 'paclab scenario');
  },
  control: async () => (await import('../../control/openapi.ts')).openApi(),
};

export const schema: Command = {
  name: 'schema',
  summary: 'schema of the scenario file, or of the control API',
  group: 'Help',
  usage: '[name]',
  examples: ['schema scenario > scenario.schema.json', 'schema control'],
  async run([name = 'scenario'], _options, { stdout }) {
    const make = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (!make) throw unknownWord('schema', name, Object.keys(schemas));
    stdout.write(`${JSON.stringify(await make(), null, 2)}\n`);
    return exitCodes.yes;
  },
};
