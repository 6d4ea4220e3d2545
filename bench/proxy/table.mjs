/** Tables of what was measured, and the goals: judged by the lowest CPU time per operation, or by memory. */
export const print = (line) => process.stdout.write(`${line}\n`);

const row = (cells) => print(cells.map((cell, index) => (index === 0 ? cell.padEnd(22) : cell.padStart(12))).join(''));
const shown = (number) => (number >= 1000 ? Math.round(number).toLocaleString('en') : number.toFixed(1));
const sorted = (numbers) => numbers.toSorted((one, other) => one - other);
const median = (numbers) => sorted(numbers)[Math.floor(numbers.length / 2)];
const lowest = (results) => Math.min(...results.map(({ cost }) => cost));

/** Its figures without and with a trace; the others of its kind. */
const own = (name) => name.startsWith('paclab');
const nodePeers = ['proxy-chain', 'mockttp'];
const baseOf = (results) => (results.has('paclab') ? 'paclab' : 'paclab-inspect');

export function printTest({ title, unit }, results) {
  print(`\n${title}`);
  row(['', unit, 'spread', 'CPU µs each', 'median', 'ratio']);
  const reference = results.get(baseOf(results));
  for (const [name, list] of results) {
    const rates = list.map(({ rate }) => rate);
    const spread = `${Math.round(((Math.max(...rates) - Math.min(...rates)) / median(rates)) * 100)} %`;
    const ratio = reference ? (lowest(list) / lowest(reference)).toFixed(2) : '';
    row([name, shown(median(rates)), spread, shown(lowest(list)), shown(median(list.map(({ cost }) => cost))), ratio]);
  }
  for (const [what, order] of [
    ['least CPU', ranked(results, (list) => lowest(list))],
    ['highest rate', ranked(results, (list) => -median(list.map(({ rate }) => rate)))],
  ])
    print(`${what}: ${order.join(', ')}`);
}

/** The trace is a state of ours and not a proxy of its own. */
const ranked = (results, by) =>
  [...results]
    .filter(([name]) => !own(name) || name === baseOf(results))
    .toSorted(([, one], [, other]) => by(one) - by(other))
    .map(([name]) => name);

export function printIdle(results) {
  row(['', 'standing', 'KiB each', 'RSS MiB']);
  for (const [name, { standing, each, total }] of results)
    row([name, String(standing), shown(each), shown(total / 1024)]);
}

const goals = [
  { title: 'GET', most: 75, ofSquid: 1.6 },
  { title: 'tunnels', most: 145, ofSquid: 1.6 },
  { title: 'intercepted' },
  { title: 'one tunnel' },
  { title: '64 tunnels' },
];
/** Of what an operation costs without a trace. */
const mostForTrace = 1.15;
const leafMs = 3;

export function goalsOf(all, memory, leaves) {
  const list = goals.flatMap((goal) => (all.has(goal.title) ? ofColumn(goal, all.get(goal.title)) : []));
  if (memory?.has('paclab')) {
    const whole = (name) => (memory.get(name)?.total ?? Infinity) / 1024;
    const best = nodePeers.toSorted((one, other) => whole(one) - whole(other))[0];
    const says = `idle tunnels: first among Node proxies (${shown(whole('paclab'))} MiB, ${best} ${shown(whole(best))})`;
    list.push({ says, reached: whole('paclab') <= whole(best) });
  }
  if (leaves)
    list.push({ says: `a new leaf under ${leafMs} ms (${leaves.median.toFixed(2)})`, reached: leaves.median < leafMs });
  return list;
}

function ofColumn({ title, most, ofSquid }, results) {
  const base = baseOf(results);
  if (!results.has(base)) return [];
  const cost = lowest(results.get(base));
  const costOf = (name) => (results.has(name) ? lowest(results.get(name)) : Infinity);
  const list = [];
  const peer = nodePeers.toSorted((one, other) => costOf(one) - costOf(other))[0];
  if (costOf(peer) < Infinity) {
    const says = `${title}: first among Node proxies (${shown(cost)} µs, ${peer} ${shown(costOf(peer))})`;
    list.push({ says, reached: cost <= costOf(peer) });
  }
  if (most) list.push({ says: `${title}: at most ${most} µs of CPU (${shown(cost)})`, reached: cost <= most });
  if (ofSquid && costOf('squid') < Infinity) {
    const ratio = cost / costOf('squid');
    list.push({ says: `${title}: within ${ofSquid} × of squid (${ratio.toFixed(2)})`, reached: ratio <= ofSquid });
  }
  const traced = results.get(`${base}-trace`);
  if (traced) {
    const shares = traced.map((round, index) => round.cost / results.get(base)[index].cost);
    const share = median(shares);
    const says = `${title}: the trace costs under 15 % (${Math.round((share - 1) * 100)} %, median of the rounds' ratios)`;
    list.push({ says, reached: share < mostForTrace });
  }
  return list;
}
