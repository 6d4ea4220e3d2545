import type { TraceEvent } from '../../trace/events.ts';
import { kept, seqs } from '../../trace/view.ts';
import { scriptFault } from '../fail-open.ts';
import { rule } from '../rule.ts';
import { accepted, hostSearchesOf, fellAfter, isForeign, wholeSearch } from '../wpad.ts';
import type { HostSearch } from '../wpad.ts';

/** A page, or a way to one, where a script was asked for. */
const isPage = ({ data }: TraceEvent<'pac.fetched'>): boolean =>
  data.status !== null && ((data.status === 200 && /html/i.test(data.type ?? '')) || isRedirect(data.status));

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

/** A redirect may lead to one. */
const hasScript = (search: HostSearch): boolean => {
  const script = accepted(search);
  return script !== undefined && !/html/i.test(script.data.type ?? '');
};

const hijacked = kept((view) =>
  hostSearchesOf(view).flatMap((search) => {
    const page = search.downloads.find(isPage);
    return page && !hasScript(search) && isForeign(search.addresses) ? [{ search, page }] : [];
  }),
);

export const wpadDnsNxdomainHijack = rule({
  id: 'wpad-dns-nxdomain-hijack',
  title: 'The resolver invents an address for wpad, and a web page answers there',
  severity: 'error',
  summary:
    'Some resolvers of providers answer with the address of a search or advertising page where a name does not exist. ' +
    'The client then asks that page for /wpad.dat, gets HTML or a redirect, and goes on without a proxy.',
  confirm:
    'Filter `dns.qry.name contains "wpad" && dns.a`, then ask the same resolver for a name that surely does not exist: ' +
    'the same address comes back. `http.content_type contains "html"` shows the page.',
  fix:
    'Use a resolver that says NXDOMAIN, or forward the internal zones to your own; switch detection off on machines ' +
    'that leave the office. A captive portal is passed by logging in.',
  refutedIf: 'A made-up name below the same suffix gets NXDOMAIN from the same resolver.',
  alternatives: [
    { id: 'wpad-dns-wildcard-zone', tellApart: 'The address is that of your own web farm: your zone has a wildcard.' },
    {
      id: 'wpad-dns-name-collision',
      tellApart: 'Only names below one suffix resolve: its owner put a web page there.',
    },
    {
      id: 'pac-html-not-script',
      tellApart: 'The address is the right one: that server answers with a page where the script used to be.',
    },
    {
      id: 'pac-html-mentioning-entrypoint',
      tellApart: 'The same, and the page speaks of FindProxyForURL: it tells people how to set their proxy.',
    },
    {
      id: 'pac-http-redirect-loop',
      tellApart: 'The address is the right one: that server sends the client round in a circle.',
    },
    {
      id: 'pac-http-redirect',
      tellApart: 'The address is the right one: that server sends the client to a place where it does not go.',
    },
    { id: 'env-captive-portal', tellApart: 'Every site shows the same page until somebody logs in.' },
  ],
  needs: [
    {
      says: 'a page in place of a script, at a public address that wpad resolved to',
      seen: (view) => hijacked(view).map(({ page }) => page),
    },
  ],
  find: (view) =>
    hijacked(view).map(({ search, page }) => {
      const { client, names, addresses, answers, started, finished, downloads } = search;
      const fell = fellAfter(view, search);
      const { then, explains, ...rest } = scriptFault(view, seqs(started, answers, finished, downloads), fell);
      return {
        ...rest,
        explains: [...seqs(wholeSearch(view, search)), ...explains],
        about: names.join(' '),
        confidence: 'likely',
        why:
          `${names.at(-1)} is ${addresses.join(', ')} for ${client}, a public address that answers ` +
          `${page.data.status} ${page.data.type ?? ''}`.trimEnd() +
          ` where a script is wanted${then}.`,
      };
    }),
});
