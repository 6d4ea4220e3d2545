/** Where the proxy script is, and what came when it was asked for. */
import { header } from '../../trace/view.ts';
import { placeOf } from '../statements.ts';
import type { Facts } from './facts.ts';
import { onlySix } from './names.ts';
import type { Story } from './story.ts';

const usualType = 'application/x-ns-proxy-autoconfig';

/** `folder` is the one beside the scenario where copies are. */
export function writeScript(story: Story, facts: Facts, folder: string): void {
  const { view, scripts, scriptUrls, suffix } = facts;
  const fetched = view.ofType('pac.fetched');
  const seen = new Set<string>();
  for (const event of fetched.toReversed()) {
    const { url, status, type, failure, begins, bytes } = event.data;
    if (!URL.canParse(url) || seen.has(url)) continue;
    seen.add(url);
    if (status === null && /^(?:dns|tcp\.(?:refused|timeout|unreachable))/.test(failure ?? '')) continue;
    const text = view.ofType('pac.loaded').findLast(({ data }) => data.url === url)?.data.text;
    const response = view
      .ofType('http.response')
      .findLast(({ data }) => data.status === status && url.endsWith(data.target));
    const [sent] = scripts;
    const place = response && header(response.data.headers, 'location');
    serve(story, facts, whole(url, facts), placeOf(event), {
      ...(status === null || status === 200 ? {} : { status }),
      ...(place === undefined ? {} : { headers: { Location: place } }),
      ...(type === null ? { type: 'none' } : { type }),
      ...(text === undefined ? {} : { pacText: text }),
      ...(text !== undefined && begins.startsWith('fffe') ? { encoding: 'utf-16le' } : {}),
      ...(text === undefined && sent && status === 200 ? { pac: `${folder}/${sent.copy}` } : {}),
      ...(text === undefined && !sent ? { body: bodyFor(event.data.begins) } : {}),
    });
    if (bytes > largestScript)
      story.set(['lab', 'hosts', hostOf(whole(url, facts)), 'behaviour'], { kind: 'too-big', bytes }, placeOf(event));
  }
  const [sent] = scripts;
  if (!sent || seen.size > 0) return;
  const [named] = scriptUrls;
  const url = named?.url ?? `http://wpad.${suffix?.name ?? 'corp.example'}/wpad.dat`;
  serve(story, facts, url, named?.from ?? sent.name, { type: usualType, pac: `${folder}/${sent.copy}` });
  if (!named) story.assume(`${sent.name} is what ${url} serves: no file names its address`);
  else story.assume(`${sent.name} is what ${url} serves`);
}

/** In bytes; browsers take no larger one. */
const largestScript = 1024 * 1024;

const hostOf = (url: string): string => new URL(url).hostname.toLowerCase();

/** A name without a dot is one of the machine's own domain. */
function whole(url: string, { suffix, addressOf }: Facts): string {
  const { hostname } = new URL(url);
  const full = `${hostname}.${suffix?.name ?? ''}`;
  return hostname.includes('.') || !addressOf.has(full) ? url : url.replace(hostname, full);
}

const bodyFor = (begins: string): string =>
  begins.startsWith('3c') ? '<html><body>a page</body></html>' : 'no script';

function serve(story: Story, facts: Facts, url: string, from: string, resource: Record<string, unknown>): void {
  const { hostname, port, pathname, search, protocol } = new URL(url);
  const host = hostname.toLowerCase();
  const path = `${pathname}${search}`;
  const secure = protocol === 'https:';
  const above = secure
    ? ['lab', 'hosts', host, 'https', 'paths']
    : ['lab', 'hosts', host, 'http', ...(port === '' ? [] : ['paths'])];
  if (port !== '') story.set(['lab', 'hosts', host, secure ? 'https' : 'http', 'port'], Number(port));
  story.set([...above, path], resource, from);
  const isName = !/^[\d.]+$|^\[/.test(host);
  const six = onlySix(facts, host);
  if (six !== undefined) story.set(['lab', 'hosts', host, 'address'], six);
  if (isName && story.get(['lab', 'dns', 'records', host]) === undefined) {
    story.set(['lab', 'dns', 'records', host], { A: '10.20.0.5' });
    story.assume(`${host} is 10.20.0.5: no file shows its address`);
  }
  if (!isName) story.set(['lab', 'hosts', host, 'address'], host.replace(/^\[|\]$/g, ''));
}
