/** A customer's files → a scenario that runs, with what was found, assumed and contradicted on the way. */
import { toPcapng } from '../capture/pcapng.ts';
import { diagnose, rules } from '../diagnosis/index.ts';
import { readEvidence } from '../evidence/index.ts';
import type { Progress } from '../evidence/index.ts';
import { InputError } from '../failure.ts';
import type { Finding } from '../finding.ts';
import { Redactor } from '../redact/index.ts';
import type { RunRecord } from '../run/record.ts';
import { runScenario } from '../run/run.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Found } from '../scenario/reading.ts';
import { buildStory } from './world/build.ts';
import type { Story } from './world/story.ts';
import { conflictsIn } from './conflicts.ts';
import type { Conflict } from './conflicts.ts';
import { gather } from './gather.ts';
import type { FileReport, Gathered, SentFile } from './sent.ts';
import { compareSymptoms, hidden } from './symptom.ts';
import type { Comparison, Seen } from './symptom.ts';
import { writeScenario } from './write.ts';

export interface ImportOptions {
  /** The id of the scenario, and the name of the folder beside it. */
  id?: string;
  redact?: boolean;
  /** `host:port` of proxies that are known to be some. */
  proxies?: readonly string[];
  progress?: (done: Progress) => void;
  signal?: AbortSignal;
}

export interface Import {
  version: 1;
  /** The scenario's text. */
  scenario: string;
  /** What it refers to, relative to it. */
  copies: readonly { path: string; bytes: Uint8Array }[];
  /** What was replaced by what; null without redaction. */
  map: Redactor['map'] | null;
  files: readonly FileReport[];
  conflicts: readonly Conflict[];
  assumptions: readonly string[];
  /** What the files show and the scenario does not play. */
  left: readonly string[];
  /** By captures and logs alone; empty without any. */
  shown: readonly Finding[];
  /** By a run of the scenario. */
  found: readonly Finding[];
  symptom: Comparison;
}

/** Throws InputError with every file that cannot be used; nothing is opened but what is handed in. */
export async function importSent(sent: readonly SentFile[], options: ImportOptions = {}): Promise<Import> {
  const { id = 'repro', redact = true, proxies = [], progress, signal } = options;
  if (sent.length === 0) throw new InputError([{ message: 'no files' }]);
  const redactor = redact ? new Redactor() : null;
  const gathered = await gather(sent, { redactor, proxies, ...(progress ? { progress } : {}) });
  const folder = `${id}.files`;
  const { story, facts } = buildStory(gathered, { id, folder });
  const conflicts = conflictsIn(facts);
  const used = gathered.pieces.filter(({ copy }) => JSON.stringify(story.root).includes(`${folder}/${copy}`));
  const copies = used.map(({ copy, bytes }) => ({ path: `${folder}/${copy}`, bytes }));
  const played = await play(story, copies, signal);
  const ids = [...new Set(played.findings.map((one) => one.id))];
  story.set(['expect', 'diagnosis'], ids.length === 0 ? 'none' : ids);
  const shown = gathered.events ? { events: gathered.events, findings: gathered.findings } : null;
  const symptom = await symptomOf(shown, played);
  const report = { conflicts, assumptions: story.assumptions, left: story.left, symptom };
  return {
    version: 1,
    scenario: writeScenario(story, { lines: headingOf(gathered, report) }),
    copies,
    map: redactor?.map ?? null,
    files: gathered.files,
    ...report,
    shown: gathered.findings,
    found: played.findings,
  };
}

/**
 * The run as the customer's capture would show it, beside what the customer's files show. The run alone knows the
 * settings too, and names the cause behind what both show.
 */
async function symptomOf(shown: Seen | null, played: RunRecord): Promise<Comparison> {
  const direct = compareSymptoms(shown, played);
  if (shown === null || direct.same === true) return direct;
  const capture = toPcapng({ ...played, title: played.name });
  const { events } = await readEvidence([{ name: 'run', open: () => once(capture) }]);
  const packets = { events, findings: diagnose(events) };
  const seen = compareSymptoms(shown, packets);
  if (seen.differences.length > direct.differences.length) return direct;
  return { ...seen, behind: hidden(shown, played.findings, packets) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** Runs what was written, as anybody would. A lab that cannot run it is our mistake, and is told as a difference. */
async function play(story: Story, copies: Import['copies'], signal: AbortSignal | undefined) {
  story.set(['expect'], { diagnosis: 'none' });
  const text = writeScenario(story, { lines: [] });
  const read = (_: string, reference: string): Promise<Found> => {
    const found = copies.find(({ path }) => path === reference);
    return Promise.resolve(
      found ? { ok: true, bytes: found.bytes } : { ok: false, message: `'${reference}' is not there` },
    );
  };
  const [scenario] = await loadScenario(text, 'repro.yaml', { read, diagnoses: rules.map((rule) => rule.id) });
  if (!scenario) throw new Error('the scenario that was written has no row');
  const record = await runScenario(scenario, {
    clock: 'virtual',
    bytes: true,
    timeout: 60_000,
    ...(signal ? { signal } : {}),
  });
  if (record.broken) throw new Error(`the scenario that was written does not run: ${record.broken.message}`);
  return record;
}

function headingOf(
  { files }: Gathered,
  { conflicts, assumptions, left, symptom }: Pick<Import, 'conflicts' | 'assumptions' | 'left' | 'symptom'>,
): string[] {
  const part = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', title, ...lines.map((line) => `- ${line}`)];
  return [
    ...part(
      'Written from:',
      files.map(({ name, kind, parts }) => `${name} (${[kind, parts].filter(Boolean).join(', ')})`),
    ),
    ...part(
      'Conflicts:',
      conflicts.map(({ says, at }) => `${says} (${at.join('; ')})`),
    ),
    ...part('Assumed:', assumptions),
    ...part('Not played:', left),
    ...part('Behind what the run finds:', symptom.behind),
    ...part('The run differs from the files:', symptom.differences),
    '',
  ];
}
