/** The formats that are read. Each knows its own files by their content, and no others. */
export { csv, w3c } from './columns.ts';
export { combined } from './combined.ts';
export { har } from './har.ts';
export { keyLog } from './key-log.ts';
export { netExport } from './net-export.ts';
export { pcap } from './pcap.ts';
export { pcapng } from './pcapng.ts';
export { squid } from './squid.ts';
export { trace } from './trace.ts';
