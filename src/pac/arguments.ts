/** What of a URL the script is shown, and which URLs it is never asked about. */
import { canonicalIPv6 } from './address.ts';
import type { BypassRule, Profile } from './profile.ts';
import type { ScriptArguments } from './result.ts';

/** URLs that every profile passes as they are, so that parsing can be left out; IPv4 look-alikes and "." paths are not. */
const plainUrl =
  /^https?:\/\/((?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*)\/((?:[A-Za-z0-9_~/-]|\.(?![./?]|$))*(?:\?[A-Za-z0-9_~./?=&%+:;,!*()@$-]*)?)$/;

/** `url` and `host` as the profile passes them; throws a TypeError for text that is no absolute URL with a host. */
export function scriptArguments(url: string, profile: Profile): ScriptArguments {
  const rules = profile.arguments;
  const plain = plainUrl.exec(url);
  if (plain?.[1] && !plain[1].includes('xn--')) {
    const keepsPath = rules.path === 'kept' || (rules.path === 'stripped-for-https' && url.startsWith('http:'));
    if (plain[2] === '' || keepsPath) return { url, host: plain[1] };
  }
  const parsed = absolute(url);
  return rules.form === 'verbatim' ? verbatim(url, parsed, profile) : canonical(parsed, profile);
}

function absolute(url: string): URL {
  if (!URL.canParse(url)) throw new TypeError(`not a URL: ${url}`);
  const parsed = new URL(url);
  if (parsed.hostname === '') throw new TypeError(`a URL without a host: ${url}`);
  return parsed;
}

function canonical(parsed: URL, profile: Profile): ScriptArguments {
  const rules = profile.arguments;
  const host = rules.brackets ? parsed.hostname : parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = parsed.protocol === 'https:' || parsed.protocol === 'wss:';
  // What a setter of URL costs is not little, and most URLs have neither.
  if (rules.fragment === 'removed' && parsed.href.includes('#')) parsed.hash = '';
  if (rules.userinfo === 'removed' && (parsed.username !== '' || parsed.password !== '')) {
    parsed.username = '';
    parsed.password = '';
  }
  if (rules.path === 'stripped' || (rules.path === 'stripped-for-https' && secure)) {
    parsed.pathname = '/';
    parsed.search = '';
  }
  return { url: parsed.href, host };
}

/** The caller's own text, except that WebSocket schemes are unknown to the API and sent as their HTTP twins. */
function verbatim(url: string, parsed: URL, profile: Profile): ScriptArguments {
  const text = profile.arguments.webSocket === 'http' ? url.replace(/^ws(s?):/i, 'http$1:') : url;
  const authority = /^[^:]+:\/\/([^/?#\\]*)/.exec(text)?.[1] ?? '';
  const asGiven = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  const host = profile.arguments.hostCase === 'as-given' && asGiven !== '' ? asGiven : parsed.hostname;
  return { url: text, host: profile.arguments.brackets ? host : host.replace(/^\[(.*)\]$/, '$1') };
}

/**
 * What pac-proxy-agent 9 passes for a request: scheme and host from the request, so userinfo, fragment and (a mistake of
 * that version) the port are lost; WebSocket requests look like HTTP.
 */
export function agentArguments(url: string): ScriptArguments {
  const parsed = absolute(url);
  const scheme = /^(?:https|wss):$/.test(parsed.protocol) ? 'https' : 'http';
  return { url: `${scheme}://${parsed.hostname}${parsed.pathname}${parsed.search}`, host: parsed.hostname };
}

/** True when this profile goes DIRECT without asking the script. */
export function bypassed(url: string, profile: Profile): boolean {
  if (profile.bypass.length === 0) return false;
  return hostBypassed(absolute(url).hostname.replace(/^\[(.*)\]$/, '$1'), profile);
}

/** The same for a host in canonical form, without brackets. */
export function hostBypassed(host: string, profile: Profile): boolean {
  // Nearly every host is decided by its last character or first one: no test of a rule is needed for them.
  if (!/^(?:127\.|169\.254\.|::|fe[89ab]|loopback)|localhost\.?$/.test(host)) return false;
  return profile.bypass.some((rule) => tests[rule](host));
}

const tests: Readonly<Record<BypassRule, (host: string) => boolean>> = {
  localhost: (host) => /^localhost\.?$/.test(host),
  'localhost-subdomains': (host) => /\.localhost\.?$/.test(host),
  'loopback-name': (host) => host === 'loopback',
  'loopback-ipv4': (host) => /^127\.\d+\.\d+\.\d+$/.test(host),
  'loopback-ipv6': (host) => canonicalIPv6(host) === '::1',
  'loopback-mapped': (host) => /^::ffff:7f[0-9a-f]{2}:/.test(canonicalIPv6(host) ?? ''),
  'link-local-ipv4': (host) => /^169\.254\.\d+\.\d+$/.test(host),
  'link-local-mapped': (host) => canonicalIPv6(host)?.startsWith('::ffff:a9fe:') === true,
  'link-local-ipv6': (host) => /^fe[89ab][0-9a-f]:/.test(canonicalIPv6(host) ?? ''),
};
