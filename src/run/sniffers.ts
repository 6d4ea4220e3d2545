/** Captures that somebody in the story takes: real files of the lab's packets, read back as any customer's would be. */
import { toPcapng } from '../capture/pcapng.ts';
import { captureFilter, frameIn, readEvidence } from '../evidence/index.ts';
import type { Lab } from '../lab/lab.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { verbOf } from '../step/spec.ts';
import type { CaptureLook, Sniffers } from '../step/step.ts';
import { pick } from '../trace/view.ts';

/** Whether a step of the scenario takes a capture. */
export const isSniffed = ({ model }: Scenario): boolean =>
  model.steps.some((parsed) => verbOf(parsed).step.verb === 'capture');

const application = 'Dumpcap (Wireshark)';

export function sniffersIn(
  scenario: Scenario,
  { trace, wire, activity }: Pick<Lab, 'trace' | 'wire' | 'activity'>,
): Sniffers {
  /** The first event of each capture, by the machine. */
  const begun = new Map<string, number>();
  const events = () => wire?.events ?? [];
  return {
    begin(on) {
      begun.set(on, (events().at(-1)?.seq ?? 0) + 1);
    },
    async look({ on, filter, view }: CaptureLook) {
      const address = scenario.model.clients[on]?.address ?? '';
      const keeps = captureFilter(filter ?? '').keeps;
      const file = toPcapng({
        title: scenario.model.id,
        events: events(),
        taken: {
          from: begun.get(on) ?? 0,
          filter,
          application,
          keeps(frame) {
            const seen = frameIn(frame);
            return seen !== null && (seen.from === address || seen.to === address) && keeps(seen);
          },
        },
      });
      const evidence = readEvidence([{ name: '', open: () => once(file) }], view === undefined ? {} : { filter: view });
      const { events: read } = await activity.during(evidence);
      for (const { data } of pick(read, 'capture.read')) trace.pen('capture').write('capture.read', data);
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
