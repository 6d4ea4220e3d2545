/** What there is to say of a capture itself: begun too late, or filtered by a port that is not the proxy's. */
import { endpoint } from '../trace/dials.ts';
import { pick, seqs } from '../trace/view.ts';
import type { Evidence } from './evidence.ts';

export interface Remark {
  /** The id of the catalogue. */
  id: 'diag-capture-missed-start' | 'diag-wrong-proxy-port-filter';
  says: string;
  /** Event numbers; where nothing became an event, `frame` tells where it was seen. */
  evidence: number[];
  frame?: number;
}

/** The note that a connection without a beginning leaves. */
export const midway = 'a connection that stood before the capture began';
/** The port in the guides' filters. */
const guidesPort = 8080;

export function remarksOn({ events, notes }: Evidence): Remark[] {
  return [...missedStart(events, notes), ...otherPorts(events)];
}

/** Connections without a beginning, and nothing that begins. */
function missedStart(events: Evidence['events'], notes: Evidence['notes']): Remark[] {
  const found = notes.find(({ says }) => says === midway);
  const begun = pick(events, 'tcp.opened', 'tcp.syn', 'tcp.refused', 'discovery.started', 'pac.fetched');
  if (!found || begun.length > 0) return [];
  const says =
    `The capture begins too late: ${found.count} connections stood before it, and none begins in it. ` +
    'Start the capture first, then restart the service, and keep it running until the error shows.';
  const asked = seqs(pick(events, 'proxy.request', 'origin.request', 'http.request'));
  return [{ id: 'diag-capture-missed-start', says, evidence: asked, ...(found.frame ? { frame: found.frame } : {}) }];
}

/** Proxies where the guides' filter does not look. */
function otherPorts(events: Evidence['events']): Remark[] {
  const asked = pick(events, 'proxy.request').filter(({ frame }) => frame !== undefined);
  const ports = new Set(asked.map(({ data }) => endpoint(data.proxy).port));
  if (ports.size === 0 || ports.has(guidesPort)) return [];
  const [port] = ports;
  const says =
    `The proxy is on port ${[...ports].join(', ')}: the filter \`tcp.port==${guidesPort}\` of the guides shows nothing of it. ` +
    `Filter \`tcp.port==${port}\`, and let Wireshark decode that port as HTTP.`;
  return [{ id: 'diag-wrong-proxy-port-filter', says, evidence: seqs(asked.slice(0, 1)) }];
}
