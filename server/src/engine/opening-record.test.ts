import { expect, test } from 'vitest';
import type { JournalEntry } from '../journal/journal.ts';
import { money } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { DEFAULT_LIMITS } from '../risk/limits.ts';
import type { EngineOptions } from './events.ts';
import { openingEntry, openingProblem } from './opening-record.ts';

const beganOn = (mode: EngineOptions['mode']): JournalEntry => ({
  ...openingEntry({
    engine: { mode, accountId: 'A1', feeRateEstimate: money('0'), collarMarketOrders: true, initialTradingState: 'ACTIVE' },
    limits: DEFAULT_LIMITS,
  }),
  cause: undefined,
  seq: 1,
  writtenAtMs: 0,
  hash: '',
  previousHash: '',
});
const older: JournalEntry = { ...beganOn('paper'), kind: 'ClockTicked', payload: { kind: 'ClockTicked', at: instantFromMs(0) } };

test.each([
  ['a new journal', undefined, 'live', undefined],
  ['live goes on live', beganOn('live'), 'live', undefined],
  ['paper goes on on paper', beganOn('paper'), 'paper', undefined],
  ['paper does not go on live', beganOn('paper'), 'live', /paper account.*live/],
  ['live does not go on on paper', beganOn('live'), 'paper', /live account.*paper/],
  ['simulated does not go on on paper', beganOn('simulated'), 'paper', /simulated account/],
  ['of before, on paper', older, 'paper', undefined],
  ['of before, live', older, 'live', /does not say/],
] as const)('%s', (_name, first, mode, problem) => {
  const found = openingProblem(first, mode);
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(problem);
});
