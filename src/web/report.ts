/** A report as one file: every run packed by itself, so that many open as fast as one. */
import { deflateRawSync } from 'node:zlib';

import { toPcapng } from '../capture/pcapng.ts';
import { sayRun, sayRunShortly } from '../run/record.ts';
import type { RunRecord, RunResult } from '../run/record.ts';
import type { TraceEvent } from '../trace/events.ts';
import { dataElement, escaped, written } from './document.ts';
import { pageScript } from './link.ts';
import { captureElement, runElement } from './packed.ts';
import type { Index, Listed, Packed } from './packed.ts';
import { reachedIn } from './reached.ts';
import type { ReachedOptions } from './reached.ts';

/** The whole file stays about below this, in characters, as long as its runs alone do: captures are left out first. */
const largest = 9_500_000;
/** What a run takes besides its packed text, roughly: its place in the list, and its element. */
const placeOfRun = 500;

/** Packs runs as they come, so that no end of them has to be kept. Throws LabError where pages are not built. */
export class ReportPage {
  readonly #script = pageScript('web/page/report');
  readonly #known: NonNullable<ReachedOptions['known']> = new Map();
  readonly #runs: { listed: Listed; text: string; capture: string }[] = [];

  async add(run: RunRecord): Promise<void> {
    const reached = await reachedIn(run.events, { known: this.#known });
    const kept: Packed = { ...run, events: run.events.flatMap(withoutBytes), reached };
    const text = packed(Buffer.from(JSON.stringify(kept)));
    const capture = captured(run);
    this.#runs.push({ listed: listedOf(run, capture.length), text, capture: packed(capture) });
  }

  html({ summary }: RunResult): string {
    const runs = this.#runs;
    const chosen = this.#chosen();
    const listed = runs.map((run, index) => ({ ...run.listed, capture: chosen.has(index) ? run.listed.capture : 0 }));
    const left = runs.filter((run, index) => run.capture !== '' && !chosen.has(index)).length;
    const index: Index = { version: 1, summary, runs: listed, left };
    const data = [
      dataElement('index', index),
      ...runs.map(({ text }, at) => packedElement(runElement(at), text)),
      ...[...chosen].map((at) => packedElement(captureElement(at), runs[at]?.capture ?? '')),
    ];
    const { passed, failed, broken } = summary;
    const title = `paclab report: ${passed} passed, ${failed} failed, ${broken} broken`;
    return written({ title, script: this.#script, body: `${markup(title)}\n${data.join('\n')}`, connect: "'none'" })
      .html;
  }

  /** Captures that find room: first those of runs that did not pass. */
  #chosen(): ReadonlySet<number> {
    let room = largest - this.#script.length - this.#runs.reduce((sum, { text }) => sum + text.length + placeOfRun, 0);
    const order = [...this.#runs.entries()].sort(
      ([left, a], [right, b]) => rank(a.listed) - rank(b.listed) || left - right,
    );
    const chosen = new Set<number>();
    for (const [at, { capture }] of order) {
      if (capture === '' || capture.length > room) continue;
      room -= capture.length + 60;
      chosen.add(at);
    }
    return chosen;
  }
}

const rank = ({ verdict }: Listed): number => (verdict === 'passed' ? 1 : 0);

const packed = (bytes: Uint8Array): string =>
  bytes.length === 0 ? '' : deflateRawSync(bytes, { level: 9 }).toString('base64');

const packedElement = (id: string, text: string): string => `<script type="text/plain" id="${id}">${text}</script>`;

/** Bytes are in the capture; the list of events tells how many there were. */
function withoutBytes(event: TraceEvent): TraceEvent[] {
  if (event.type === 'tls.keys') return [];
  if (event.type === 'tcp.data') return [{ ...event, data: { ...event.data, bytes: '' } }];
  return event.type === 'udp.data' ? [{ ...event, data: { ...event.data, bytes: '' } }] : [event];
}

function captured(run: RunRecord): Uint8Array {
  const { events, findings } = run;
  if (!events.some(({ type }) => type === 'tcp.data' || type === 'udp.data')) return new Uint8Array();
  return toPcapng({ title: `${sayRun(run)}: ${run.name}`, events, findings });
}

const listedOf = (run: RunRecord, capture: number): Listed => ({
  name: sayRunShortly(run),
  id: run.id,
  title: run.name,
  file: run.file,
  verdict: run.verdict,
  tags: run.tags ?? [],
  findings: run.findings.map(({ id }) => id),
  labMs: run.labMs,
  wallMs: run.wallMs,
  capture,
});

const markup = (title: string): string => `<a class="skip" href="#run">Skip to the run</a>
<header class="banner"><strong>paclab report</strong><span id="summary">${escaped(title)}</span></header>
<div class="columns">
<nav id="runs" aria-label="Runs"></nav>
<main id="run" tabindex="-1"><noscript><p>This page needs JavaScript; it asks for nothing from anywhere.</p></noscript></main>
</div>`;
