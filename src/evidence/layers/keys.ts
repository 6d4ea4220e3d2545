/** NSS key logs: the secrets of TLS connections by the random of their ClientHello. */
export class KeyLog {
  readonly #secrets = new Map<string, Buffer>();

  /** Takes every line that is one; gives how many were. */
  add(text: string): number {
    let taken = 0;
    for (const line of text.split('\n')) {
      const match = keyLine.exec(line.trim());
      if (!match) continue;
      this.#secrets.set(`${match[1]} ${match[2]?.toLowerCase()}`, Buffer.from(match[3] ?? '', 'hex'));
      taken += 1;
    }
    return taken;
  }

  /** The secret of a label for a connection. */
  of(label: string, random: string): Buffer | undefined {
    return this.#secrets.get(`${label} ${random}`);
  }
}

const keyLine = /^([A-Z][A-Z0-9_]+) ([0-9a-fA-F]{64}) ([0-9a-fA-F]{32,128})$/;

/** Whether the beginning of a file is a key log: its first line that is no comment is a secret. */
export const isKeyLog = (head: Buffer): boolean =>
  /^(?:(?:#[^\n]*)?\r?\n)*[A-Z][A-Z0-9_]+ [0-9a-fA-F]{64} [0-9a-fA-F]{32}/.test(head.toString('latin1'));
