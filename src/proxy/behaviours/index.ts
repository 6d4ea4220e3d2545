import { allow } from './allow.ts';
import { answerTimeout } from './answer-timeout.ts';
import { blockPage } from './block-page.ts';
import { challenge } from './challenge.ts';
import { close } from './close.ts';
import { connectReply } from './connect-reply.ts';
import { deny } from './deny.ts';
import { garbage } from './garbage.ts';
import { halfClose } from './half-close.ts';
import { hang } from './hang.ts';
import { headerLimit } from './header-limit.ts';
import { hostCheck } from './host-check.ts';
import { idleTimeout } from './idle-timeout.ts';
import { inspect } from './inspect.ts';
import { latency } from './latency.ts';
import { limit } from './limit.ts';
import { loop } from './loop.ts';
import { maxLifetime } from './max-lifetime.ts';
import { mtuBlackhole } from './mtu-blackhole.ts';
import { reset } from './reset.ts';
import { respond } from './respond.ts';
import { restart } from './restart.ts';
import { silentDrop } from './silent-drop.ts';
import { slow } from './slow.ts';
import { sniFilter } from './sni-filter.ts';
import { stripUpgrade } from './strip-upgrade.ts';
import { throttle } from './throttle.ts';
import { truncate } from './truncate.ts';

export const behaviours = [
  allow,
  answerTimeout,
  blockPage,
  challenge,
  close,
  connectReply,
  deny,
  garbage,
  halfClose,
  hang,
  headerLimit,
  hostCheck,
  idleTimeout,
  inspect,
  latency,
  limit,
  loop,
  maxLifetime,
  mtuBlackhole,
  reset,
  respond,
  restart,
  silentDrop,
  slow,
  sniFilter,
  stripUpgrade,
  throttle,
  truncate,
] as const;
