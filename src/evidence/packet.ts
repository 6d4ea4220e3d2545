/** One captured packet, as the formats of capture files hand it on. */
export interface Packet {
  frame: number;
  /** Milliseconds since 1970. */
  at: number;
  /** LINKTYPE_ of the interface. */
  link: number;
  /** What was kept of it; valid during the call only. */
  bytes: Buffer;
  /** How long it was on the wire. */
  length: number;
}

/** What a file of packets says of itself. */
export interface About {
  format: 'pcap' | 'pcapng' | null;
  /** The program that wrote it, in its own word. */
  tool: string | null;
  /** What the sniffer was told to keep, in the syntax of pcap. */
  captureFilter: string | null;
}

export interface Sink {
  about: (about: Partial<About>) => void;
  packet: (packet: Packet) => void;
  /** Lines of an NSS key log. */
  secrets: (text: string) => void;
  note: (says: string, frame?: number) => void;
}

/** Longer than any packet that a sniffer writes (Wireshark: 256 KiB; jumbo and offload included). */
export const longestPacket = 16 * 1024 * 1024;
