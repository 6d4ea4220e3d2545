import pc from 'picocolors';

import type { Answered, Rule, WhyNot } from '../../diagnosis/index.ts';
import type { Evidence } from '../../evidence/index.ts';
import type { Finding } from '../../finding.ts';
import { phasesOf, sayPhase } from '../../report/phases.ts';
import type { Screen } from '../../report/reporter.ts';
import { wrap } from '../../wrap.ts';
import { gather, textOption } from '../command.ts';
import type { Command, Options } from '../command.ts';
import { causeCalled, sayWhyNotCause, whyNotData } from '../cause.ts';
import { evidenceIn } from '../evidence-files.ts';
import { sayEvidence, sayFinding } from '../finding-text.ts';
import { growSlowly } from '../frugal.ts';
import { toSarif } from '../sarif.ts';
import { exitCodes } from '../tools.ts';
import type { Tools } from '../tools.ts';

export const diagnose: Command = {
  name: 'diagnose',
  summary: 'what is wrong, by captures, logs and traces alone',
  group: 'Repro',
  usage: '<file...>',
  examples: ['diagnose customer.pcapng', 'diagnose customer.pcap keys.log --why-not auth-407-connect'],
  options: (definition) =>
    definition
      .option('--proxy <host:port>', 'a proxy that is known to be one; may be given several times', gather)
      .option('--filter <text>', 'what was typed to look at the capture, for Wireshark or Message Analyzer')
      .option('--why-not <id>', 'what of the evidence for this diagnosis is there, and what is missing')
      .option('--json', 'print as JSON')
      .option('--sarif', 'print as SARIF 2.1.0')
      .option('--redact', 'replace names, addresses and secrets in what is printed as text, too')
      .option('--no-redact', 'leave them as they are in JSON and SARIF')
      .option('--map <file>', 'write what was replaced by what, for yourself alone')
      .option('--exit-code', 'end with 1 when there is a finding'),
  async run(words, options, tools) {
    const { stdout } = tools;
    growSlowly();
    const room = await import('../../diagnosis/index.ts');
    const asked = textOption(options, 'whyNot');
    const cause = asked === undefined ? undefined : causeCalled(asked, room.rules);
    const read = await evidenceIn(words, options, tools);
    const found = room.diagnose(read.events);
    const questions = room.twoQuestions(read.events);
    const seen = { evidence: read, findings: found, questions };
    const json = options['json'] === true;
    const told = await asWanted(seen, options, tools);
    const { evidence, findings } = told;
    if (cause) {
      const why = (rule: Rule): WhyNot => room.whyNot(read.events, rule);
      stdout.write(json ? pretty(whyNotData(cause, why)) : sayWhyNotCause(cause, why, evidence.events, stdout.screen));
    } else if (options['sarif'] === true) stdout.write(pretty(toSarif(findings, evidence.events, tools.version)));
    else if (json) stdout.write(pretty(dataOf(told)));
    else stdout.write(page(told, stdout.screen));
    return options['exitCode'] === true && findings.length > 0 ? exitCodes.no : exitCodes.yes;
  },
};

/** JSON and SARIF are made to be passed on; what stands on a screen is for whoever sits before it. */
async function asWanted<T extends Told>(seen: T, options: Options, tools: Tools): Promise<T> {
  const wanted = options['redact'] ?? (options['json'] === true || options['sarif'] === true);
  if (wanted !== true) return seen;
  const { redactTold } = await import('../../redact/index.ts');
  const { ownSentences } = await import('../../diagnosis/index.ts');
  const { told, redactor } = redactTold(seen, ownSentences());
  const map = textOption(options, 'map');
  if (map === undefined) return told;
  const file = tools.files.create(map, 0o600, true);
  file.write(pretty(redactor.map));
  file.close();
  return told;
}

const pretty = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`;

interface Told {
  evidence: Evidence;
  findings: readonly Finding[];
  questions: readonly Answered[];
}

const dataOf = ({ evidence: { events, files, notes, began }, findings, questions }: Told) => ({
  version: 1,
  files,
  began: began === null ? null : new Date(began).toISOString(),
  questions,
  findings,
  notes,
  // Only what something rests on: a capture has many.
  events: events.filter(({ seq }) =>
    [...findings, ...questions].some(({ evidence }: { evidence: number[] }) => evidence.includes(seq)),
  ),
});

function page({ evidence: { events, files, notes }, findings, questions }: Told, screen: Screen): string {
  const { bold, dim } = pc.createColors(screen.colour);
  const width = Math.max(40, screen.columns - 4);
  const said = (text: string): string =>
    wrap(text, width)
      .map((line) => `    ${line}\n`)
      .join('');
  const read = files.map(({ file, format, unit, count }) => `${file}: ${format}, ${count} ${unit}`);
  const answers = questions.map(({ question, says, evidence }) => {
    const places = evidence.length > 0 ? ` (${sayEvidence(evidence, events)})` : '';
    return `${bold(question)}\n${said(`${says}${places}`)}`;
  });
  const phases = phasesOf(events).map((line) => said(sayPhase(line)));
  const found =
    findings.length > 0 ? findings.map((finding) => sayFinding(finding, screen, events)) : ['nothing found\n'];
  const noted = notes.map(({ says, count, frame }) => {
    const first = frame === undefined ? '' : `, first in frame ${frame}`;
    return `  ${dim(`note: ${says}${count > 1 ? ` (${count} times${first})` : first.replace(', first', '')}`)}\n`;
  });
  return [
    `${read.join('\n')}\n`,
    ...answers,
    ...(phases.length > 0 ? [`${bold('Phases')}\n${phases.join('')}`] : []),
    ...found,
    ...(noted.length > 0 ? [noted.join('')] : []),
  ].join('\n');
}
