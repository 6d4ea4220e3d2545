import { durationMatcher, judgeDuration } from '../duration-matcher.ts';
import { scenarioExpectation, stepExpectation } from '../expectation.ts';

export const scenarioElapsed = scenarioExpectation({
  key: 'elapsed',
  summary: 'Lab time from the start to the last event.',
  schema: durationMatcher,
  judge: (wanted, { events }) => {
    const last = events.at(-1);
    return judgeDuration(wanted, last?.at ?? 0, last ? [last.seq] : []);
  },
});

export const stepElapsed = stepExpectation({
  key: 'elapsed',
  summary: 'Lab time from the request to its end.',
  schema: durationMatcher,
  judge: (wanted, { events, request: { started, finished } }) => {
    const last = finished ?? events.at(-1) ?? started;
    return judgeDuration(wanted, last.at - started.at, [started.seq, last.seq]);
  },
});
