/** HTTP messages that have come to their end in the packet that is just being read. */
import type { SeenHttp } from '../filters/seen.ts';

export class Moments implements SeenHttp {
  methods: string[] = [];
  statuses: number[] = [];
  tunnelled = false;

  clear(): void {
    if (this.methods.length > 0) this.methods = [];
    if (this.statuses.length > 0) this.statuses = [];
    this.tunnelled = false;
  }
}
