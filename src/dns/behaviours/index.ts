/** The misbehaviours of a DNS server. */
import { answer } from './answer.ts';
import { garbage } from './garbage.ts';
import { healthy } from './healthy.ts';
import { nodata } from './nodata.ts';
import { nxdomain } from './nxdomain.ts';
import { refused } from './refused.ts';
import { servfail } from './servfail.ts';
import { silence } from './silence.ts';
import { slow } from './slow.ts';
import { truncated } from './truncated.ts';
import { wrongId } from './wrong-id.ts';

export const behaviours = [
  answer,
  garbage,
  healthy,
  nodata,
  nxdomain,
  refused,
  servfail,
  silence,
  slow,
  truncated,
  wrongId,
] as const;
