import type { Dialect } from '../dialect.ts';
import { axios } from './axios.ts';
import { chromium } from './chromium.ts';
import { curl } from './curl.ts';
import { dotnetFramework } from './dotnet-framework.ts';
import { dotnet } from './dotnet.ts';
import { firefox } from './firefox.ts';
import { go } from './go.ts';
import { node } from './node.ts';
import { winhttp } from './winhttp.ts';
import { wininet } from './wininet.ts';

export const dialects: readonly Dialect[] = [
  dotnetFramework,
  dotnet,
  winhttp,
  wininet,
  chromium,
  firefox,
  node,
  curl,
  axios,
  go,
];

export const dialectNames = dialects.map(({ name }) => name) as [string, ...string[]];

/** The dialect of a profile; the schema has already spoken, so a miss is a bug of ours. */
export function dialectOf(name: string): Dialect {
  const dialect = dialects.find((candidate) => candidate.name === name);
  if (!dialect) throw new Error(`no dialect called '${name}'`);
  return dialect;
}
