/** Files → events. Each file is known by its content; key logs are read first, since captures need them. */
import { InputError } from '../failure.ts';
import type { TraceEvent } from '../trace/events.ts';
import { Capture } from './capture.ts';
import { numbered } from './draft.ts';
import type { Evidence, EvidenceFile, ReadOptions, Summary } from './evidence.ts';
import { captureFilter } from './filters/capture-filter.ts';
import { displayFilter } from './filters/display.ts';
import type { DisplayFilter } from './filters/display.ts';
import type { Format, Reading } from './format.ts';
import * as all from './formats/index.ts';
import { timeless } from './slot.ts';
import { Source } from './source.ts';
import { draftsOf } from './story/story.ts';
import { plainHead, plainPieces } from './wide.ts';

export const formats: readonly Format[] = Object.values(all);

/** Enough of a file to know its format. */
const headLength = 64 * 1024;
const progressEvery = 8 * 1024 * 1024;

/** The format of a file by its first bytes; undefined when nobody here reads it. */
export const formatOf = (head: Uint8Array): Format | undefined =>
  formatOfPlain(plainHead(Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, headLength))));

const formatOfPlain = (head: Buffer): Format | undefined => formats.find(({ fits }) => fits(head));

/** Reads all of them. Throws InputError for a file that cannot be read or does not hold what it says. */
export async function readEvidence(files: readonly EvidenceFile[], options: ReadOptions = {}): Promise<Evidence> {
  const reading: Reading = { capture: new Capture(filterIn(options)), drafts: [], traces: [] };
  const opened = await Promise.all(files.map((file) => open(file, options)));
  const ordered = opened.toSorted((left, right) => rank(left.format) - rank(right.format));
  const done: Summary[] = [];
  for (const { file, format, source } of ordered) {
    reading.capture.open(file.name);
    const count = await format.read(source, reading);
    reading.capture.close();
    noteFilters(reading.capture);
    done.push({ file: file.name, format: format.name, unit: format.unit, count });
  }
  return { ...joined(reading, options), files: done, notes: reading.capture.notes.all };
}

/** What is not understood of a filter is said, and nothing is made of it. */
function noteFilters({ sightings, notes }: Capture): void {
  const { file, filter, captureFilter: kept } = sightings.at(-1) ?? {};
  if (file !== notes.file) return;
  const unknown = kept === null || kept === undefined ? null : captureFilter(kept).unknown;
  if (unknown !== null) notes.add(`a capture filter, '${kept}', of which '${unknown}' is not understood`);
  if (filter?.syntax === null) notes.add(`the filter to look with, of which '${filter.unknown}' is not understood`);
}

const filterIn = ({ filter }: ReadOptions): DisplayFilter | null =>
  filter === undefined ? null : displayFilter(filter);

/** The marks at the begin of their files, of version 2 and 1. */
const fromOldTools =
  'Network Monitor and Message Analyzer, which are gone, save such files (diag-tool-retired); Wireshark opens them, and ' +
  'editcap -F pcapng old.cap new.pcapng makes one that is read here';

const rank = ({ name }: Format): number => (name === 'key-log' ? 0 : 1);

interface Opened {
  file: EvidenceFile;
  format: Format;
  /** At the beginning: pipes can be read once only. */
  source: Source;
}

async function open(file: EvidenceFile, options: ReadOptions): Promise<Opened> {
  const source = new Source(file.name, plainPieces(counted(file, options)));
  await source.fill(headLength);
  const head = source.peek(headLength);
  const format = formatOfPlain(head);
  if (format) return { file, format, source };
  await source.close();
  const known = formats.map(({ summary }) => summary).join(', ');
  const empty = head.length === 0 ? `'${file.name}' is empty` : `'${file.name}' is no file that is read here`;
  const old = /^(?:GMBU|RTSS)$/.test(head.toString('latin1', 0, 4));
  const hint = old ? fromOldTools : `what is read, known by its content: ${known}`;
  throw new InputError([{ message: empty, hint }]);
}

async function* counted({ name, open, size }: EvidenceFile, { progress }: ReadOptions): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let told = 0;
  for await (const piece of open()) {
    bytes += piece.byteLength;
    if (progress && bytes - told >= progressEvery) {
      told = bytes;
      progress({ file: name, bytes, size });
    }
    yield piece;
  }
}

/** A trace alone stays as it is; beside other files there is one list, each from its own beginning. */
function joined(
  { capture, drafts, traces }: Reading,
  { proxies = [] }: ReadOptions,
): Pick<Evidence, 'events' | 'began'> {
  const seen = [...drafts, ...draftsOf(capture, proxies)];
  const times = seen.flatMap(({ slot }) => (slot.at === timeless ? [] : [slot.at]));
  const began = times.length > 0 ? times.reduce((least, at) => Math.min(least, at), Infinity) : null;
  const [first, ...more] = traces;
  if (first && more.length === 0 && seen.length === 0) return { events: first, began };
  if (!first) return { events: numbered(seen, began ?? timeless), began };
  const lists: TraceEvent[][] = [...traces, ...(seen.length === 0 ? [] : [numbered(seen, began ?? timeless)])];
  const events = lists.flat().map((event, index) => ({ ...event, seq: index + 1 }));
  return { events, began };
}
