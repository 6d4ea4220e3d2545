/**
 * The connector's requests to backends: direct, unless the registry value UseDefaultProxyForBackendRequests is the
 * DWORD 1 (documented). What then decides is taken to be WinHTTP (inferred).
 */
import { direct } from '../choice.ts';
import type { Chooser } from '../choice.ts';
import type { Reason, RegistryValue } from '../layers.ts';
import { backendFlagName as name, because, reason } from '../reason.ts';
import { winHttp } from './winhttp.ts';

export const backend: Chooser = {
  name: 'backend',
  summary: 'Backend requests of the connector: direct unless the registry says otherwise, then WinHTTP.',
  choose(settings, destination) {
    const flag = settings.useDefaultProxyForBackendRequests;
    const elsewhere = settings.unread.filter((line) => line.name === name);
    if (!flag) {
      const note = 'not set: backend requests use no proxy';
      const absent = reason('built-in', name, 'absent', { note, mark: 'documented' });
      const why = elsewhere.length > 0 ? 'is set only where this build does not read it' : 'is not set';
      return direct(`${name} ${why}`, [absent, ...elsewhere]);
    }
    const wrong = objection(flag);
    if (wrong !== undefined) {
      const own = because('registry', name, flag, { note: wrong, mark: 'inferred' });
      return direct(`${name} ${wrong}`, [...own, ...elsewhere]);
    }
    const choice = winHttp.choose(settings, destination);
    const own = because('registry', name, flag, { note: 'backend requests use the default proxy', mark: 'documented' });
    return { ...choice, reasons: [...own, ...elsewhere, whoChooses, ...choice.reasons.map(onThisLeg)] };
  },
};

const whoChooses = reason('built-in', 'backend chooser', 'WinHTTP', {
  note: 'whether WinHTTP or System.Net chooses for backends is not established',
  mark: 'inferred',
});

/** That netsh goes before the account's settings is documented for this leg; what else WinHTTP reads is not. */
const onThisLeg = (line: Reason): Reason =>
  line.layer === 'netsh' || line.overriddenBy === 'netsh' ? line : { ...line, mark: 'inferred' };

function objection({ value, type }: RegistryValue): string | undefined {
  if (type !== 'REG_DWORD') return `is a ${kinds[type]}, not a DWORD: as if it were not set`;
  return value === 1 ? undefined : `is ${value}, not 1: as if it were not set`;
}

const kinds = { REG_SZ: 'string', REG_QWORD: 'QWORD', REG_BINARY: 'binary value' } as const;
