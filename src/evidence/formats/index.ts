/** The formats that are read, asked in this order. */
export { pcapng } from './pcapng.ts';
export { pcap } from './pcap.ts';
export { keyLog } from './key-log.ts';
export { trace } from './trace.ts';
