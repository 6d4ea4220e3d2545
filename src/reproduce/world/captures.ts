/** How captures were taken: a filter of the sniffer is a step, and what is wrong with a capture alone is said. */
import type { Finding } from '../../finding.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { pick } from '../../trace/view.ts';
import type { Gathered } from '../sent.ts';
import { isAboutCapture } from '../symptom.ts';
import type { Story } from './story.ts';

/** The capture is taken on the first client: a file does not say on which machine it was. */
export function writeCaptures(story: Story, { events, findings }: Pick<Gathered, 'events' | 'findings'>): void {
  if (!events) return;
  const [on] = Object.keys((story.get(['clients']) as Record<string, unknown> | undefined) ?? {});
  for (const { data, file } of pick(events, 'capture.read')) {
    if (data.captureFilter === null || on === undefined) continue;
    const capture = { on, filter: data.captureFilter.text };
    story.add(['steps'], { capture }, file);
  }
  leaveOthers(story, events, findings, on);
}

function leaveOthers(
  story: Story,
  events: readonly TraceEvent[],
  findings: readonly Finding[],
  on: string | undefined,
): void {
  const filtered = on !== undefined && pick(events, 'capture.read').some(({ data }) => data.captureFilter !== null);
  if (filtered) return;
  for (const finding of findings) {
    if (isAboutCapture(finding, events)) story.leave(`${finding.id}: it is about the capture, not about the network`);
  }
}
