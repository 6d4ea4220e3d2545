/** The contract of a kind of text file: how it is known, what it says, and how it loses its secrets. */
import type { Redactor } from '../redact/index.ts';
import type { Piece, Statement } from './sent.ts';

export interface Head {
  /** The name without its folders. */
  name: string;
  text: string;
}

export interface Kind {
  name: string;
  summary: string;
  /** By the content; the name may decide where contents are alike. */
  fits: (head: Head) => boolean;
  /** The name of the copy: one that readers of settings know, and nobody else's. `path` is where it came from. */
  copy: (path: string) => string;
  /** First pass over a text whose words are pieces of other names. */
  gather?: (text: string, redactor: Redactor) => void;
  redact: (text: string, redactor: Redactor) => string;
  /** Holds settings that a client can import. */
  isSettings: boolean;
  /** What stands in it, beside its settings. */
  tells?: (piece: Piece) => Statement[];
}
