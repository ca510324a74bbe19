import { describe, expect, test } from 'vitest';
import { instant, instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { DAY_MS } from './model.ts';
import { restsUntil, retrainingReasons, successorRequest } from './retraining.ts';
import type { RetrainingStanding } from './retraining.ts';

const TRAINED = instant('2024-01-02T00:00:00Z');
const days = (count: number): Instant => instantFromMs(TRAINED + count * DAY_MS);
const standing = (change: Partial<RetrainingStanding> = {}): RetrainingStanding => ({
  model: { createdAt: TRAINED, expiresAt: days(91) },
  everyDays: undefined,
  drift: undefined,
  healthMin: 50,
  ...change,
});
const drift = (health: number) => ({ health, worst: 'psi', decidedAt: days(3) }) as const;

describe('a model is proposed to be trained again', () => {
  test.each([
    { name: 'never while nothing is the matter', at: 83, change: {}, reasons: [] },
    { name: 'at the day it was scheduled for', at: 30, change: { everyDays: 30 }, reasons: ['scheduled'] },
    { name: 'not before', at: 29, change: { everyDays: 30 }, reasons: [] },
    { name: 'a week before it expires', at: 84, change: {}, reasons: ['expiry'] },
    { name: 'and after', at: 400, change: {}, reasons: ['expiry'] },
    { name: 'not by drift at the least health that is well', at: 5, change: { drift: drift(50) }, reasons: [] },
    { name: 'by drift below it', at: 5, change: { drift: drift(49.9) }, reasons: ['drift'] },
    {
      name: 'by the most pressing reason first',
      at: 90,
      change: { everyDays: 30, drift: drift(0) },
      reasons: ['drift', 'expiry', 'scheduled'],
    },
  ])('$name', ({ at, change, reasons }) => {
    expect(retrainingReasons(standing(change), days(at)).map(({ reason }) => reason)).toEqual(reasons);
  });

  test('with what was seen, in a sentence', () => {
    const found = retrainingReasons(standing({ everyDays: 7, drift: drift(31.25) }), days(91)).map(({ evidence }) => evidence);
    expect(found).toEqual([
      'At 2024-01-05T00:00:00Z its health was 31.3 of 100, by psi: below 50 its market is no more the one that it learnt.',
      'It expired at 2024-04-02T00:00:00Z: from then on it opens no positions.',
      'It was trained at 2024-01-02T00:00:00Z, and is to be trained again after 7 days.',
    ]);
  });
});

test('a reason that a person decided about rests for 30 days', () => {
  expect(restsUntil(TRAINED)).toBe(days(30));
});

test('the successor is made by the same recipe from the same beginning until the newest bar, with the model as parent', () => {
  const recipe = {
    flags: { strategy: 'ml-direction', model: 'logistic', seed: '7', parent: 'grandparent', notes: 'the first' },
    symbols: ['AAPL', 'MSFT'],
    timeframe: '1Day',
    from: instant('2020-01-02T00:00:00Z'),
    to: instant('2023-12-29T00:00:00Z'),
    lifeDays: 60,
    retrainDays: 30,
  } as const;
  const modelId = 'a'.repeat(64);
  expect(successorRequest(recipe, { modelId, reason: 'scheduled' }, days(40))).toEqual({
    ...recipe,
    to: days(40),
    flags: { ...recipe.flags, parent: modelId, notes: 'Follows aaaaaaaaaaaa, proposed by schedule' },
  });
});
