import { expect, test } from 'vitest';

import { decisionOf } from '../../src/trace/discovery.ts';
import { requestsOf } from '../../src/trace/requests.ts';
import { viewOf } from '../../src/trace/view.ts';
import { service, story, viaProxy } from '../kit/events.ts';
import type { Story } from '../kit/events.ts';

const decisions = ({ events }: Story) => {
  const view = viewOf(events);
  return requestsOf(view).map((request) => decisionOf(view, request));
};

test('a script that answers decides; one that fails, or is not there, does not', () => {
  const told = story()
    .request(service, (request) => {
      request.story.discover('10.20.0.5').fetchScript();
      request.answered(viaProxy);
    })
    .request(service, (request) => request.scriptFails());
  expect(decisions(told).map(({ withoutScript, script }) => [withoutScript, script?.data.status])).toEqual([
    [false, 200],
    [true, 200],
  ]);
  expect(decisions(story().request(service, (request) => request.story.discover()))).toMatchObject([
    { withoutScript: true, downloads: [], searches: [{}, { finished: { data: { reason: 'dns.nxdomain' } } }] },
  ]);
});

test('without a search nothing is missing', () => {
  expect(decisions(story().request(service, (request) => request.routes('DIRECT')))).toMatchObject([
    { withoutScript: false, searches: [] },
  ]);
});

test('only the last round of searches counts, and it counts for later requests too', () => {
  const told = story()
    .request(service, (request) => {
      request.story.discover();
      request.routes('DIRECT');
    })
    .request(service, (request) => request.routes('DIRECT'))
    .request(service, (request) => {
      request.story.discover('10.20.0.5').fetchScript();
      request.answered(viaProxy);
    });
  const urls = decisions(told).map(({ searches }) => searches.map(({ finished }) => finished?.data.url));
  expect(urls).toEqual([
    [null, null],
    [null, null],
    [null, 'http://wpad.corp.example/wpad.dat'],
  ]);
});
