/** Files → what they hold: known by their content, read, and rewritten without secrets unless that is not wanted. */
import { diagnose, ownSentences } from '../diagnosis/index.ts';
import { formatOf, formats, readEvidence } from '../evidence/index.ts';
import type { Evidence, EvidenceFile, Progress } from '../evidence/index.ts';
import { InputError } from '../failure.ts';
import type { Problem } from '../failure.ts';
import { redactEvents, redactFinding } from '../redact/index.ts';
import type { Redactor } from '../redact/index.ts';
import { importFile } from '../settings/imports.ts';
import { printable } from '../printable.ts';
import { decode, encode } from './encoding.ts';
import { kinds } from './kinds/index.ts';
import type { Kind } from './kind.ts';
import type { FileReport, Gathered, Piece, SentFile } from './sent.ts';
import { proxiesInScript } from './proxies.ts';
import { proxiesInStatement, settingsIn, statementsOf, statementsOfEvidence } from './statements.ts';

/** Texts of settings and scripts are small; in bytes. */
const largestText = 16_000_000;
/** No settings have a longer one; scripts may, when a machine wrote them. In characters. */
const longestLine = 64_000;
const headLength = 64 * 1024;

export interface GatherOptions {
  /** Null: everything stays as it is. */
  redactor: Redactor | null;
  proxies?: readonly string[];
  progress?: (done: Progress) => void;
}

interface Text {
  file: SentFile;
  kind: Kind;
  text: string;
  encoding: Piece['encoding'];
}

/** Throws InputError with every file that cannot be used. */
export async function gather(sent: readonly SentFile[], options: GatherOptions): Promise<Gathered> {
  const texts: Text[] = [];
  const captures: EvidenceFile[] = [];
  const problems: Problem[] = [];
  for (const file of sent) {
    try {
      const found = await recognise(file);
      if ('kind' in found) texts.push(found);
      else captures.push(found);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  const proxies = [...(options.proxies ?? []), ...texts.flatMap(proxiesNamed)];
  const evidence = captures.length > 0 ? await readEvidence(captures, evidenceOptions({ ...options, proxies })) : null;
  return rewritten(texts, evidence, options);
}

const evidenceOptions = ({ proxies = [], progress }: GatherOptions) => ({ proxies, ...(progress ? { progress } : {}) });

/** What other files call a proxy is one in the captures, whether or not anything was asked there. */
function proxiesNamed({ file, kind, text }: Text): string[] {
  const written = ({ host, port }: { host: string; port: number }): string => `${host}:${port}`;
  if (kind.name === 'script') return proxiesInScript(text).map(written);
  if (!kind.isSettings) return [];
  const copy = kind.copy(file.name);
  try {
    const settings = importFile({ file: copy, text });
    const piece = { kind: kind.name, name: copy, copy, text, bytes: Buffer.of(), encoding: 'utf-8', settings } as const;
    return settingsIn(piece).flatMap(proxiesInStatement).map(written);
  } catch (error) {
    // It is told with all others that cannot be used.
    if (error instanceof InputError) return [];
    throw error;
  }
}

const packed: readonly [string, RegExp][] = [
  ['gzip', /^1f8b/],
  ['zip', /^504b0[357]0[468]/],
  ['7-zip', /^377abcaf271c/],
  ['bzip2', /^425a68/],
  ['xz', /^fd377a585a00/],
  ['zstd', /^28b52ffd/],
  ['cabinet', /^4d534346/],
];

async function recognise(file: SentFile): Promise<EvidenceFile | Text> {
  const { head, rest } = await beginning(file);
  const refuse = (message: string, hint?: string): never => {
    throw new InputError([
      { message: `'${printable(file.name)}' ${message}`, ...(hint === undefined ? {} : { hint }) },
    ]);
  };
  if (head.length === 0) refuse('is empty');
  const archive = packed.find(([, magic]) => magic.test(head.toString('hex', 0, 8)));
  if (archive) refuse(`is packed (${archive[0]}), and nothing is unpacked here`, 'unpack it and name the files in it');
  const name = /[^/\\]*$/.exec(file.name)?.[0] ?? '';
  const begin = decode(head);
  const kindOf = (text: string): Kind | undefined => kinds.find(({ fits }) => fits({ name, text }));
  const early = kindOf(begin.text);
  if ((!early || early.name === 'netsh' || early.name === 'script') && formatOf(head))
    return { ...file, open: () => again(head, rest) };
  const all = Buffer.concat([head, ...(await restOf(rest, file.name))]);
  const { text, encoding } = decode(all);
  const long = text.split('\n').findIndex((line) => line.length > longestLine);
  if (long >= 0 && !/FindProxyForURL/i.test(text))
    refuse(`has a line of more than ${longestLine / 1000} 000 characters, line ${long + 1}`);
  const kind = early ?? kindOf(text);
  if (!kind) {
    const known = [...kinds.map(({ summary }) => summary), ...formats.map(({ summary }) => summary)].join('; ');
    return refuse('is no file that is known here', `known by their content: ${known}`);
  }
  return { file, kind, text, encoding };
}

/** The whole file, of which the beginning was read: a pipe can be read once only. */
async function* again(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

interface Beginning {
  head: Buffer;
  rest: AsyncIterator<Uint8Array>;
}

async function beginning(file: SentFile): Promise<Beginning> {
  const rest = file.open()[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < headLength) {
    const next = await rest.next();
    if (next.done === true) break;
    parts.push(Buffer.from(next.value));
    length += next.value.length;
  }
  return { head: Buffer.concat(parts), rest };
}

async function restOf(rest: AsyncIterator<Uint8Array>, name: string): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    length += next.value.length;
    if (length > largestText) {
      await rest.return?.();
      throw new InputError([
        { message: `'${printable(name)}' has more than ${largestText / 1e6} MB, and is neither a capture nor a log` },
      ]);
    }
    parts.push(Buffer.from(next.value));
  }
  return parts;
}

function rewritten(texts: readonly Text[], evidence: Evidence | null, { redactor }: GatherOptions): Gathered {
  const problems: Problem[] = [];
  if (redactor) for (const { kind, text } of texts) kind.gather?.(text, redactor);
  for (const event of evidence?.events ?? []) {
    if (redactor && event.type === 'pac.loaded') gatherScript(event.data.text, redactor);
  }
  const copies = new Map<string, number>();
  const pieces = texts.flatMap(({ file, kind, text, encoding }): Piece[] => {
    try {
      // The text as it came is checked first: complaints about a file quote the file.
      const copy = unique(kind.copy(file.name), copies);
      if (kind.isSettings) importFile({ file: sameFolder(file.name, copy), text });
      const own = redactor ? kind.redact(text, redactor) : text;
      const settings = kind.isSettings ? importFile({ file: copy, text: own }) : null;
      const name = shown(file.name, redactor);
      return [{ kind: kind.name, name, copy, text: own, bytes: encode(own, encoding), encoding, settings }];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new InputError(problems);
  const told = evidence
    ? { ...evidence, files: evidence.files.map((one) => ({ ...one, file: shown(one.file, redactor) })) }
    : null;
  const events =
    evidence &&
    (redactor ? redactEvents(evidence.events, redactor) : evidence.events).map((event, index) => {
      const file = evidence.events[index]?.file;
      return file === undefined ? event : { ...event, file: shown(file, redactor) };
    });
  const findings = evidence ? diagnose(evidence.events) : [];
  const prose = (text: string): string => (redactor ? redactor.prose(text) : text);
  return {
    pieces,
    events,
    began: evidence?.began ?? null,
    findings: redactor ? findings.map((one) => redactFinding(one, redactor, ownSentences())) : findings,
    files: [...pieces.map((piece) => statementsOf(piece, kinds)), ...reports(told, findings, events ?? [], prose)],
  };
}

const gatherScript = (text: string, redactor: Redactor): void =>
  kinds.find(({ name }) => name === 'script')?.gather?.(text, redactor);

const reports = (
  evidence: Evidence | null,
  findings: Gathered['findings'],
  events: NonNullable<Gathered['events']>,
  prose: (text: string) => string,
): FileReport[] => (evidence ? statementsOfEvidence(evidence, findings, events, prose) : []);

/** The name that complaints show, with an ending that its reader knows. */
const sameFolder = (name: string, copy: string): string =>
  /\.config$/i.test(name) || !copy.endsWith('.config') ? printable(name) : copy;

const shown = (name: string, redactor: Redactor | null): string => {
  const base = printable(/[^/\\]*$/.exec(name)?.[0] ?? name);
  return redactor ? redactor.text(base) : base;
};

function unique(copy: string, taken: Map<string, number>): string {
  const count = (taken.get(copy) ?? 0) + 1;
  taken.set(copy, count);
  return count === 1 ? copy : copy.replace(/(?=\.[^/]*$)/, `-${count}`);
}
