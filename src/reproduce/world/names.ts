/** `lab.dns`: what answers in a capture say, and addresses for names that nobody resolved. */
import { placeOf } from '../statements.ts';
import type { Facts } from './facts.ts';
import type { Story } from './story.ts';

const failures: Readonly<Record<string, string>> = {
  'dns.nxdomain': 'nxdomain',
  'dns.servfail': 'servfail',
  'dns.timeout': 'silence',
  'dns.nodata': 'nodata',
};

/** `preset` are names that the lab has already. */
export function writeNames(story: Story, facts: Facts, preset: ReadonlySet<string>): void {
  const { suffix, addressOf, view, proxies } = facts;
  story.set(['lab', 'dns', 'suffix'], suffix?.name ?? 'corp.example', suffix?.from);
  if (!suffix) story.assume('the machine is in the domain corp.example: no file names one');
  for (const [name, { ips, from }] of addressOf) {
    const four = ips.filter((ip) => !ip.includes(':'));
    const six = ips.filter((ip) => ip.includes(':'));
    const record = {
      ...(four.length > 0 ? { A: four.length === 1 ? four[0] : four } : {}),
      ...(six.length > 0 ? { AAAA: six.length === 1 ? six[0] : six } : {}),
    };
    story.set(['lab', 'dns', 'records', name.replace(/\.$/, '')], record, from);
  }
  for (const event of view.ofType('dns.resolved')) {
    const { name, failure } = event.data;
    const then = failure === null ? undefined : failures[failure];
    const known = preset.has(name.toLowerCase()) || then !== 'nxdomain';
    if (then === undefined || !known || addressOf.has(name.toLowerCase())) continue;
    const rules = (story.get(['lab', 'dns', 'rules']) ?? []) as { when: { name: string } }[];
    if (rules.some(({ when }) => when.name === name)) continue;
    story.add(['lab', 'dns', 'rules'], { when: { name }, then }, placeOf(event));
  }
  let next = 8;
  for (const { host, from } of proxies) {
    const lower = host.toLowerCase();
    if (/^[\d.]+$|^\[|:/.test(host) || addressOf.has(lower) || isUnknown(facts, lower)) continue;
    if (story.get(['lab', 'dns', 'records', lower])) continue;
    const address = `10.20.0.${next}`;
    next += 1;
    story.set(['lab', 'dns', 'records', lower], { A: address }, from);
    story.assume(`${lower} is ${address}: no file shows its address`);
  }
}

/** The address of a name that has none of version 4. */
export function onlySix({ addressOf }: Pick<Facts, 'addressOf'>, name: string): string | undefined {
  const { ips = [] } = addressOf.get(name.toLowerCase()) ?? {};
  return ips.every((ip) => ip.includes(':')) ? ips[0] : undefined;
}

/** A capture shows that the name cannot be resolved. */
export const isUnknown = ({ view }: Pick<Facts, 'view'>, name: string): boolean => {
  const answers = view.ofType('dns.resolved').filter((event) => event.data.name.toLowerCase() === name);
  return answers.length > 0 && answers.every(({ data }) => data.failure !== null);
};
