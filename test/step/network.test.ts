import { expect, test } from 'vitest';

import { networkStep } from '../../src/step/steps/network.ts';
import type { StageClient } from '../../src/step/step.ts';

test('the next step waits until a real machine has its new address', async () => {
  const story: string[] = [];
  const client = {
    network: async ({ address }) => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      story.push(`has ${address}`);
    },
  } satisfies Pick<StageClient, 'network'>;
  await networkStep.run({ client: 'browser', address: '10.20.0.11' }, {
    client: () => client as unknown as StageClient,
  } as never);
  story.push('next');
  expect(story).toEqual(['has 10.20.0.11', 'next']);
});
