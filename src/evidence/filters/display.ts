/** A display filter: whose syntax it is, what it asks for, and which packets it keeps. */
import { inWireshark, matches, testsIn } from './expression.ts';
import type { Expression } from './expression.ts';
import { parse } from './grammar.ts';
import { messageAnalyzer } from './message-analyzer.ts';
import type { Seen } from './seen.ts';
import { NotUnderstood } from './tokens.ts';
import { wireshark } from './wireshark.ts';

export interface DisplayFilter {
  text: string;
  /** Null where neither tool's syntax, as far as it is known here, allows it; then `unknown` is the part that does not fit. */
  syntax: 'wireshark' | 'message-analyzer' | null;
  unknown: string | null;
  /** The same for Wireshark. */
  wireshark: string | null;
  /** Ports of TCP that it names to keep them. */
  ports: number[];
  /** The question behind it: connections past the proxy, or what a proxy is asked and says; null for anything else. */
  asks: 'direct' | 'proxy' | null;
  keeps: (seen: Seen) => boolean;
}

export function displayFilter(text: string): DisplayFilter {
  const first = tried(text, wireshark);
  const second = typeof first === 'string' ? tried(text, messageAnalyzer) : first;
  if (typeof second === 'string') {
    const unknown = typeof first === 'string' ? first : second;
    return { text, syntax: null, unknown, wireshark: null, ports: [], asks: null, keeps: () => false };
  }
  const ports = portsIn(second);
  return {
    text,
    syntax: first === second ? 'wireshark' : 'message-analyzer',
    unknown: null,
    wireshark: inWireshark(second),
    ports,
    asks: questionIn(second, ports),
    keeps: (seen) => matches(second, seen),
  };
}

/** The expression, or the part that is not understood. */
function tried(text: string, grammar: typeof wireshark): Expression | string {
  try {
    return parse(text, grammar);
  } catch (error) {
    if (error instanceof NotUnderstood) return error.part;
    throw error;
  }
}

const isPort = (field: string): boolean => /^tcp\.(?:port|srcport|dstport)$/.test(field);

function portsIn(expression: Expression): number[] {
  const values = testsIn(expression).flatMap(({ field, how, values }) =>
    isPort(field) && how === 'one-of' ? values : [],
  );
  return [...new Set(values.filter((value) => typeof value === 'number'))];
}

const https = 443;

/** SYNs are for the direct way, HTTP is for the proxy; a port alone is the proxy's unless it is 443. */
function questionIn(expression: Expression, ports: readonly number[]): DisplayFilter['asks'] {
  const fields = testsIn(expression).map(({ field }) => field);
  const direct = fields.some((field) => field === 'tcp.flags.syn' || field === 'tcp.analysis.retransmission');
  const proxy = fields.some((field) => field.startsWith('http'));
  if (direct === proxy) return direct || ports.length === 0 ? null : ports.includes(https) ? 'direct' : 'proxy';
  if (proxy) return 'proxy';
  return ports.length === 0 || ports.includes(https) ? 'direct' : 'proxy';
}
