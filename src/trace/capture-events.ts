/** What somebody who took a capture can see in it, and what in it he looks for. */

export interface CaptureEvents {
  'capture.read': {
    format: 'pcap' | 'pcapng' | null;
    /** The program that wrote it, in its own word; null where the file does not say. */
    tool: string | null;
    packets: number;
    /** What the sniffer was told to keep; null for everything, or where the file does not say. `ports` are those it keeps. */
    captureFilter: { text: string; ports: number[] } | null;
    /** What was typed to look at it; null for nothing. */
    displayFilter: DisplayFilterView | null;
    /** Far ends of connections that stood before the first packet, each once, and the packet in which one is first seen. */
    standing: string[];
    firstStanding: number | null;
    /** Connections that begin in it: of the machines with standing ones, or of all where none stand. */
    begun: number;
    /**
     * Who is asked as a proxy, how often, and with which statuses of refusal it answers. `named`: a script in the capture,
     * or whoever looks at it, names the place.
     */
    proxies: { at: string; asked: number; refused: number[]; named: boolean }[];
    /** Attempts at port 443 past any proxy; how many got no answer or a refusal. */
    direct: { tried: number; failed: number };
  };
}

export interface DisplayFilterView {
  text: string;
  /** Whose syntax it is; null for none that is known here. */
  syntax: 'wireshark' | 'message-analyzer' | null;
  /** The same for Wireshark. */
  wireshark: string | null;
  /** Ports of TCP that it asks for. */
  ports: number[];
  /** What it is for: connections past the proxy, or talk with one. */
  asks: 'direct' | 'proxy' | null;
  /** Packets that it keeps; null where it is not understood. */
  shown: number | null;
}
