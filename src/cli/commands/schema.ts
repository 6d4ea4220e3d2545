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
};

export const schema: Command = {
  name: 'schema',
  summary: 'JSON Schema of the scenario file, for editors',
  group: 'Help',
  usage: '[name]',
  examples: ['schema scenario', 'schema scenario > scenario.schema.json'],
  async run([name = 'scenario'], _options, { stdout }) {
    const make = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (!make) throw unknownWord('schema', name, Object.keys(schemas));
    stdout.write(`${JSON.stringify(await make(), null, 2)}\n`);
    return exitCodes.yes;
  },
};
