/** `paclab/vitest`: tests that open labs, which are closed at their end and speak up when a test fails. */
import { test as base } from 'vitest';

import type { Finding } from '../finding.ts';
import { startLab } from './lab.ts';
import type { OpenLab, StartOptions } from './lab.ts';
import type { ScenarioSource } from './load.ts';

export { expect } from 'vitest';

export interface LabFixtures {
  /** As `startLab`; the lab is closed when the test is over. */
  openLab: (source: ScenarioSource, options?: StartOptions) => Promise<OpenLab>;
}

/** A failing test tells what the labs it opened have found, behind the message of its error. */
export const test = base.extend<LabFixtures>({
  openLab: async ({ task, onTestFailed }, use) => {
    const labs: OpenLab[] = [];
    onTestFailed(() => {
      const [error] = task.result?.errors ?? [];
      const said = labs.flatMap((lab) => lab.diagnose()).map(sayFinding);
      if (error && said.length > 0) error.message = `${error.message}\n\n${said.join('\n')}`;
    });
    await use(async (source, options) => {
      const lab = await startLab(source, options);
      labs.push(lab);
      return lab;
    });
    for (const lab of labs.toReversed()) await lab[Symbol.asyncDispose]();
  },
});

const sayFinding = ({ id, title, why, fix }: Finding): string => `diagnosis ${id}: ${title}\n  ${why}\n  Fix: ${fix}`;
