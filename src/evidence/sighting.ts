/** What a file of packets says of itself, and how many of them a display filter keeps. */
import type { DisplayFilter } from './filters/display.ts';
import { Repeats } from './filters/repeats.ts';
import { seenIn } from './filters/seen.ts';
import type { SeenHttp } from './filters/seen.ts';
import type { Datagram } from './ip.ts';
import type { About } from './packet.ts';
import type { Segment } from './segment.ts';
import type { Slot } from './slot.ts';

export class Sighting {
  readonly file: string;
  readonly filter: DisplayFilter | null;
  readonly #repeats = new Repeats();
  format: About['format'] = null;
  tool: string | null = null;
  captureFilter: string | null = null;
  packets = 0;
  /** By the display filter. */
  shown = 0;
  last: Slot | null = null;

  constructor(file: string, filter: DisplayFilter | null) {
    this.file = file;
    this.filter = filter;
  }

  /** Later parts of a file, such as a second interface, add to what is known. */
  about({ format, tool, captureFilter }: Partial<About>): void {
    this.format ??= format ?? null;
    this.tool ??= tool ?? null;
    this.captureFilter ??= captureFilter ?? null;
  }

  look(datagram: Datagram, segment: Segment | null, http: SeenHttp): void {
    if (!this.filter) return;
    const again = segment ? this.#repeats.again(segment) : false;
    if (this.filter.keeps(seenIn(datagram, segment, { again, http }))) this.shown += 1;
  }
}
