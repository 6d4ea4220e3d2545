import type { Step } from '../step.ts';
import { advanceStep } from './advance.ts';
import { captureStep } from './capture.ts';
import { changeStep } from './change.ts';
import { editStep } from './edit.ts';
import { fetchStep } from './fetch.ts';
import { networkStep } from './network.ts';
import { startStep } from './start.ts';
import { tunnelStep } from './tunnel.ts';
import { visitStep } from './visit.ts';

export const steps = [
  startStep,
  fetchStep,
  tunnelStep,
  advanceStep,
  changeStep,
  editStep,
  networkStep,
  visitStep,
  captureStep,
] as unknown as readonly Step[];
