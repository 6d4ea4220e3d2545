/** A program inside a lab: with proxy and trust variables set, held to what the scenario expects, diagnosed. */
import { wallClock } from '../clock.ts';
import { judge, seenFromOutside } from '../expect/index.ts';
import type { Lab } from '../lab/lab.ts';
import { environmentFor } from '../publish/environment.ts';
import { runStory } from '../report/story.ts';
import { resultOf } from '../run/record.ts';
import type { RunRecord } from '../run/record.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { captureFormats } from '../control/live.ts';
import type { Live } from '../control/live.ts';
import { runProgram } from './child.ts';
import type { Program } from './child.ts';
import { trustFile } from './place.ts';
import { startServing } from './serve.ts';
import type { Serving, ServeWish } from './serve.ts';
import { exitCodes, Stopped } from './tools.ts';
import type { Tools } from './tools.ts';

export interface InsideWish extends ServeWish {
  /** Holds the program to the scenario's expectations. */
  expect: boolean;
  json: boolean;
  /** Where what happened goes. */
  save: string | undefined;
}

/** The worse of both exit codes: the program's, and that of the expectations. */
export async function runInside(scenario: Scenario, program: Program, wish: InsideWish, tools: Tools): Promise<number> {
  const began = wallClock();
  await using serving = await startServing(scenario, wish, tools);
  const { live } = serving;
  await using trust = await trustFile(tools.env, await trustedBy(scenario, wish.as, live.lab));
  const env = { ...tools.env, ...environmentFor(live.publication, scenario, trust.file), ...controlIn(serving) };
  const code = await runProgram(program, env, { signal: tools.signal, quiet: wish.json });
  if (tools.signal.reason instanceof Stopped) throw tools.signal.reason;
  await quiet(live.lab);
  const { record, left } = await recordOf(scenario, live, wish.expect, wallClock() - began);
  if (wish.save !== undefined) await save(wish.save, live, tools);
  if (wish.json) tools.stdout.write(`${JSON.stringify(resultOf([record]), null, 2)}\n`);
  else tools.stderr.write(sayEnd(record, left, code, tools));
  return Math.max(code, record.verdict === 'failed' ? exitCodes.no : exitCodes.yes);
}

const controlIn = ({ control }: Serving) => ({ PACLAB_URL: control.url, PACLAB_TOKEN: control.token });

/** Certificates that the client of the story trusts, and so the program shall. */
async function trustedBy({ model }: Scenario, as: string | undefined, { pki }: Lab): Promise<string> {
  const client = as === undefined ? Object.values(model.clients)[0] : model.clients[as];
  const pems = (client?.trust ?? ['public-ca']).map(async (entry) =>
    entry.includes('-----BEGIN') ? entry : (await pki.authority(entry)).pem,
  );
  return (await Promise.all(pems)).join('');
}

const pause = 100;
const longest = 2000;

/** Until nothing has happened for a moment: the last bytes of a program arrive after its end. */
async function quiet({ trace, clock }: Lab): Promise<void> {
  const limit = clock.now() + longest;
  for (let seen = -1; seen !== trace.last && clock.now() < limit;) {
    seen = trace.last;
    await clock.sleep(pause);
  }
}

async function recordOf(scenario: Scenario, live: Live, expecting: boolean, wallMs: number) {
  const { model, row, file, at } = scenario;
  const findings = await live.findings();
  const events = [...live.events];
  const { spec, left } = seenFromOutside(expecting ? model.expect : undefined);
  const judged = spec ? judge(spec, { events, findings }, { at: (path) => at(['expect', ...path]) }) : [];
  const expectations = judged.map(({ at: { line, column }, ...rest }) => ({ ...rest, at: { line, column } }));
  const record: RunRecord = {
    id: model.id,
    row,
    file,
    name: model.name,
    tags: model.tags,
    verdict: expectations.every(({ passed }) => passed) ? 'passed' : 'failed',
    expectations,
    findings,
    events,
    wallMs: Math.round(wallMs * 10) / 10,
    labMs: live.lab.clock.now(),
  };
  return { record, left };
}

function sayEnd(record: RunRecord, left: readonly string[], code: number, { stderr }: Tools): string {
  const { expectations } = record;
  const met = expectations.filter(({ passed }) => passed).length;
  const asked =
    expectations.length === 0
      ? 'nothing of the scenario could be expected of it'
      : `${met} of ${expectations.length} expectations met`;
  const skipped = left.length === 0 ? '' : `not asked of a program outside the lab: ${left.join('; ')}\n`;
  const none = record.findings.length === 0 ? 'nothing found\n' : '';
  return `\n${record.id}: the program ended with ${code}; ${asked}\n${skipped}${runStory(record, stderr.screen)}${none}`;
}

async function save(file: string, live: Live, tools: Tools): Promise<void> {
  const format = captureFormats.find((each) => file.endsWith(`.${each}`)) ?? 'pcapng';
  const output = tools.files.create(file);
  output.write(await live.capture(format));
  output.close();
}
