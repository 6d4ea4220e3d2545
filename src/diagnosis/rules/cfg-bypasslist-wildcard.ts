import { serviceFile, updaterFile } from '../product-files.ts';
import { bySetting, counting, isStillborn, nameOf, needing, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';

export const cfgBypasslistWildcard = rule({
  id: 'cfg-bypasslist-wildcard',
  title: '<bypasslist> takes regular expressions, and *.domain is none',
  severity: 'error',
  summary:
    'Entries of <bypasslist> are regular expressions (documented), tested unanchored against scheme://host:port. A star with ' +
    'nothing before it is no expression: the whole proxy object cannot be made, and every request fails before a packet leaves.',
  confirm:
    'A capture that spans the start of the service shows nothing towards the proxy. The log holds “Error creating the Web Proxy ' +
    "specified in the 'system.net/defaultProxy' configuration section.” and inside it “parsing …”.",
  fix: `Write an expression: <add address="^https?://([^/:]+\\.)?contoso\\.com(:|$)"/> instead of *.contoso.com, in ${serviceFile} and ${updaterFile}; restart both services.`,
  refutedIf: 'The program reaches its proxy with this file.',
  alternatives: [],
  ...bySetting(
    'an entry of bypasslist that begins with a star, and a request that failed before any packet',
    needing('an entry of <bypasslist>', (program) => counting(program, 'bypasslist.add')),
    (program) =>
      counting(program, 'bypasslist.add')
        .filter(({ data }) => /(^|[(|^])\*/.test(data.value.trim()))
        .map((setting) => ({
          settings: [setting],
          requests: program.requests.filter(
            (request) => isStillborn(request) && saysParsing(request.finished?.data.error),
          ),
          about: placeOf(setting),
          why: `${placeOf(setting)} excepts "${setting.data.value}", which is no regular expression: ${nameOf(program)} can make no proxy object and sends no packet.`,
        })),
  ),
});

const saysParsing = (error: { text: string; inner?: string } | null | undefined): boolean =>
  /parsing "/.test(`${error?.text ?? ''} ${error?.inner ?? ''}`);
