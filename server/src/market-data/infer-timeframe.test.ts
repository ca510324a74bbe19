import { expect, test } from 'vitest';
import { inferTimeframe } from './infer-timeframe.ts';

const DAY = 86_400_000;
test.each([
  { name: 'daily bars with weekends', times: [0, DAY, 4 * DAY], timeframe: '1Day' },
  { name: 'minutes with a gap', times: [0, 60_000, 600_000], timeframe: '1Min' },
  { name: 'hours', times: [0, 3_600_000, 7_200_000], timeframe: '1Hour' },
  { name: 'one bar', times: [0], timeframe: undefined },
  { name: 'a step that is no timeframe', times: [0, 61_000], timeframe: undefined },
  { name: 'no bars', times: [], timeframe: undefined },
])('$name', ({ times, timeframe }) => expect(inferTimeframe(Float64Array.from(times))).toBe(timeframe));
