/** A report file read back: the records are in it, but for the bytes that only its captures have. */
import { inflateRawSync } from 'node:zlib';

import { InputError } from '../failure.ts';
import { recordVersion, resultOf } from '../run/record.ts';
import type { RunResult } from '../run/record.ts';
import { runElement } from './packed.ts';
import type { Index, Packed } from './packed.ts';

/** Reads what the reporters `html` and `json` write. Throws InputError for anything else. */
export function readReport(text: string, file: string): RunResult {
  try {
    return text.startsWith('{') ? fromJson(text) : fromPage(text);
  } catch (error) {
    throw new InputError([
      { message: `'${file}' is no report: ${(error as Error).message}`, hint: 'made by run --reporter html:FILE' },
    ]);
  }
}

function fromJson(text: string): RunResult {
  const result = JSON.parse(text) as RunResult;
  if (result.version !== recordVersion || !Array.isArray(result.runs))
    throw new Error('it has no runs of this version');
  return result;
}

function fromPage(text: string): RunResult {
  const index = JSON.parse(elementIn(text, 'application/json', 'index')) as Index;
  const runs = index.runs.map((_run, at) => {
    const packed = Buffer.from(elementIn(text, 'text/plain', runElement(at)), 'base64');
    const { reached: _, ...run } = JSON.parse(inflateRawSync(packed).toString()) as Packed;
    return run;
  });
  return resultOf(runs, index.summary.wallMs);
}

function elementIn(text: string, type: string, id: string): string {
  const head = `<script type="${type}" id="${id}">`;
  const start = text.indexOf(head);
  if (start < 0) throw new Error(`it has no ${id}`);
  return text.slice(start + head.length, text.indexOf('</script>', start));
}
