/** `lab.hosts`: whoever was asked for something, and what it answered where that could be seen. */
import { placeOf } from '../statements.ts';
import type { Request } from '../../trace/requests.ts';
import type { Facts } from './facts.ts';
import { onlySix } from './names.ts';
import type { Story } from './story.ts';

const withCertificate = {
  certificate: 'public-ca',
  clientCertificate: 'requested',
  withoutCertificate: { status: 403 },
};

const mostHosts = 64;

export function writeDestinations(story: Story, facts: Facts, preset: ReadonlySet<string>): void {
  let next = 100;
  // The requests that become steps are among the first; a day's traffic would be a lab of thousands.
  const hosts = new Set(facts.requests.map(({ target }) => target.host.toLowerCase()));
  const played = new Set([...hosts].slice(0, mostHosts));
  for (const request of facts.requests) {
    if (!played.has(request.target.host.toLowerCase())) continue;
    const { host, port, scheme } = request.target;
    const name = host.toLowerCase().replace(/\.$/, '');
    if (!/^https?$/.test(scheme)) continue;
    if (preset.has(name)) {
      servePath(story, facts, request);
      continue;
    }
    if (story.get(['lab', 'hosts', name]) || isNamed(facts, name)) continue;
    const from = placeOf(request.started);
    const secure = scheme === 'https';
    const at = port === (secure ? 443 : 80) ? {} : { port };
    const status = statusOf(facts, name);
    const resource = status === undefined ? { body: 'content' } : { status };
    const service = /\.(?:msappproxy\.net|servicebus\.windows\.net)$/.test(name) ? withCertificate : {};
    const fault = faultOf(facts, name);
    const own = fault === undefined ? service : { ...service, certificate: { fault } };
    story.set(
      ['lab', 'hosts', name],
      secure
        ? { https: { ...at, ...own, paths: { '/*': resource } } }
        : { http: 'port' in at ? { ...at, paths: { '/*': resource } } : { '/*': resource } },
      from,
    );
    const six = onlySix(facts, name);
    if (/^[\d.]+$|:/.test(name)) story.set(['lab', 'hosts', name, 'address'], name);
    else if (six !== undefined) story.set(['lab', 'hosts', name, 'address'], six);
    else if (story.get(['lab', 'dns', 'records', name]) === undefined) {
      story.set(['lab', 'dns', 'records', name], { A: `203.0.113.${next}` });
      next += 1;
      story.assume(`${name} is at an address of ours: no file shows the real one`);
    }
    if (status === undefined) story.assume(`${name} answers with 200: no file shows more`);
  }
}

/** An address that a name leads to is that name's host. */
const isNamed = ({ addressOf }: Facts, ip: string): boolean =>
  ip.startsWith('203.0.113.') || [...addressOf.values()].some(({ ips }) => ips.includes(ip));

/** The service's hosts are there; what they are asked for may not be. */
function servePath(story: Story, facts: Facts, { url, target, started }: Request): void {
  const { pathname } = new URL(url);
  const { host, scheme } = target;
  const status = statusOf(facts, host.toLowerCase());
  if (pathname === '/' && status === undefined) return;
  const resource = status === undefined ? { body: 'content' } : { status };
  const above = scheme === 'https' ? ['https', 'paths'] : ['http'];
  story.set(['lab', 'hosts', host.toLowerCase(), ...above, pathname], resource, placeOf(started));
}

/** What it answered last, when that was an error. */
function statusOf({ view }: Facts, name: string): number | undefined {
  const status = view.ofType('origin.response').findLast(({ data }) => data.host.toLowerCase() === name)?.data.status;
  return status !== undefined && status >= 400 ? status : undefined;
}

function faultOf({ view }: Facts, name: string): string | undefined {
  const failed = view.ofType('tls.failed').find(({ data }) => data.serverName?.toLowerCase() === name);
  if (failed?.data.code === 'tls.expired') return 'expired';
  if (failed?.data.code === 'tls.name') return 'wrong-name';
  return undefined;
}
