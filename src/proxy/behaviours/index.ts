import { allow } from './allow.ts';
import { challenge } from './challenge.ts';
import { close } from './close.ts';
import { deny } from './deny.ts';
import { garbage } from './garbage.ts';
import { hang } from './hang.ts';
import { inspect } from './inspect.ts';
import { reset } from './reset.ts';
import { respond } from './respond.ts';

export const behaviours = [allow, challenge, close, deny, garbage, hang, inspect, reset, respond] as const;
