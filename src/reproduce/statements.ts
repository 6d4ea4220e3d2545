/** What each file says, with line or frame. */
import type { Evidence } from '../evidence/index.ts';
import type { Finding } from '../finding.ts';
import { clientSettings } from '../settings/merge.ts';
import { settingLines } from '../settings/lines.ts';
import { settingsSpec } from '../settings/spec.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Kind } from './kind.ts';
import { proxiesInSetting } from './proxies.ts';
import type { FileReport, Piece, Statement } from './sent.ts';

export function statementsOf(piece: Piece, kinds: readonly Kind[]): FileReport {
  const own = kinds.find(({ name }) => name === piece.kind)?.tells?.(piece) ?? [];
  return { name: piece.name, kind: piece.kind, parts: sayEncoding(piece), statements: [...settingsIn(piece), ...own] };
}

const sayEncoding = ({ encoding }: Piece): string =>
  encoding === 'utf-8' ? '' : encoding === 'cp850' ? 'code page 437 or 850, as it seems' : encoding;

/** Every value with its line, whoever may read it. */
export function settingsIn({ settings, text, copy, name }: Piece): Statement[] {
  if (!settings) return [];
  const program =
    settings.role === 'updater-config' ? 'updater' : settings.role === 'service-config' ? 'connector' : 'other';
  const lines = settingLines(
    clientSettings(settingsSpec.parse({}), [{ file: copy, text }], { identity: 'network-service', program }),
  );
  return lines.flatMap(({ name: what, value, origin, note }) =>
    origin
      ? [
          {
            says: `${what} = ${value}${note?.startsWith('of the account') ? ` (${note})` : ''}`,
            at: `${name}:${origin.line}`,
          },
        ]
      : [],
  );
}

const settingsOfProxies =
  /proxyaddress$|^ProxyServer$|^netsh.*proxy$|^Proxy$|^(?:https?|all)_proxy$|WinHttp.*Proxy|^proxy$/i;

/** The proxies that a setting names. */
export function proxiesInStatement({ says }: Statement): { host: string; port: number }[] {
  const [, name = '', value = ''] = /^(\S+) = (\S*)/.exec(says) ?? [];
  return settingsOfProxies.test(name) && !/bypass|override/i.test(name) ? proxiesInSetting(value) : [];
}

export function statementsOfEvidence(
  { files, notes }: Evidence,
  findings: readonly Finding[],
  events: readonly TraceEvent[],
  prose: (text: string) => string,
): FileReport[] {
  return files.map(({ file, format, unit, count }, index) => ({
    name: file,
    kind: format,
    parts: `${count} ${unit}`,
    statements: [
      ...(index === 0
        ? findings.map(({ id, why, evidence }) => ({ says: `${id}: ${prose(why)}`, at: placesOf(evidence, events) }))
        : []),
      ...notes
        .filter((note) => index === 0 || note.file === file)
        .map(({ says, frame }) => ({ says: prose(says), at: frame === undefined ? file : `${file} frame ${frame}` })),
    ],
  }));
}

/** `capture.pcapng frame 12, 14` */
export function placesOf(evidence: readonly number[], events: readonly TraceEvent[]): string {
  const own = new Set(evidence);
  const seen = events.filter(({ seq }) => own.has(seq)).map(placeOf);
  return [...new Set(seen)].slice(0, 6).join(', ');
}

export const placeOf = ({ file, frame, line, seq }: TraceEvent): string => {
  if (file === undefined) return `event ${seq}`;
  if (frame !== undefined) return `${file} frame ${frame}`;
  return line === undefined ? file : `${file}:${line}`;
};
