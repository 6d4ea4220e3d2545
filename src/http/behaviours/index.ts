/** The misbehaviours of an HTTP host. */
import { challenge } from './challenge.ts';
import { close } from './close.ts';
import { cutShort } from './cut-short.ts';
import { drip } from './drip.ts';
import { garbage } from './garbage.ts';
import { hang } from './hang.ts';
import { loginPage } from './login-page.ts';
import { otherContent } from './other-content.ts';
import { redirect } from './redirect.ts';
import { reset } from './reset.ts';
import { slow } from './slow.ts';
import { status } from './status.ts';
import { tooBig } from './too-big.ts';
import { wrongType } from './wrong-type.ts';

export const behaviours = [
  challenge,
  close,
  cutShort,
  drip,
  garbage,
  hang,
  loginPage,
  otherContent,
  redirect,
  reset,
  slow,
  status,
  tooBig,
  wrongType,
] as const;
