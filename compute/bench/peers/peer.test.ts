import { describe, expect, test } from 'vitest';
import { lastValues, PARAMETERS, type PeerBars, type PeerCalls, type PeerParameters } from './peer.ts';
import { talibCalls } from './talib.ts';
import { tulindCalls } from './tulip.ts';

const TA_LIB =
  'SMA EMA WMA DEMA TEMA TRIMA KAMA RSI CMO ROC MOM TRIX LINEARREG LINEARREG_SLOPE MIN MAX STDDEV VAR BBANDS MACD PPO STOCHRSI STOCH ATR NATR TRANGE ADX PLUS_DI MINUS_DI CCI WILLR ULTOSC MFI OBV AD AROON AROONOSC SAR'.split(
    ' ',
  );

describe('the values at the last bar', () => {
  test.each([
    { name: 'one series', answer: [1, 2, 3], last: [3] },
    {
      name: 'several',
      answer: [
        [1, 2],
        [3, 4],
      ],
      last: [2, 4],
    },
    { name: 'named series', answer: { upper: [1, 2], lower: [3, 4] }, last: [2, 4] },
    {
      name: 'a record a bar',
      answer: [
        { k: 1, d: 2 },
        { k: 3, d: 4 },
      ],
      last: [3, 4],
    },
    { name: 'nothing yet', answer: [null, undefined], last: [] },
    { name: 'no series', answer: [], last: [] },
  ])('$name', ({ answer, last }) => expect(lastValues(answer)).toEqual(last));
});

const BARS: PeerBars = { open: [1], high: [2], low: [0], close: [1], volume: [5], candles: () => [] };
const NUMBERS = Object.fromEntries(PARAMETERS.map((name, index) => [name, index + 1])) as PeerParameters;

/** What reaches a C library: none of its arguments may be missing, for it would read something else. */
function argumentsOf(calls: PeerCalls, taken: () => unknown): readonly (readonly [string, unknown])[] {
  return TA_LIB.map((name) => {
    calls[name]?.(BARS, NUMBERS)();
    return [name, taken()] as const;
  });
}

test("TA-Lib's 38 reach talib under their names, with arrays and numbers only", () => {
  let taken: Readonly<Record<string, unknown>> = {};
  const execute = (call: typeof taken): unknown => {
    taken = call;
    return { nbElement: 1, result: { outReal: [7] } };
  };
  for (const [name, call] of argumentsOf(talibCalls({ execute }), () => taken)) {
    const { name: called, startIdx, endIdx, ...rest } = call as typeof taken;
    expect([called, startIdx, endIdx]).toEqual([name, 0, 0]);
    expect(Object.values(rest).some((value) => Array.isArray(value))).toBe(true);
    expect(Object.values(rest).every((value) => Array.isArray(value) || Number.isFinite(value))).toBe(true);
  }
});

test('an error of talib is thrown, not timed', () => {
  const calls = talibCalls({ execute: () => ({ error: 'Bad Parameter', nbElement: 0, result: {} }) });
  expect(() => calls['SMA']?.(BARS, NUMBERS)()).toThrow('talib: SMA: Bad Parameter');
});

test("TA-Lib's 38 reach tulind with arrays and finite numbers only", () => {
  let taken: readonly unknown[] = [];
  const indicator = (inputs: unknown, options: unknown, done: (error: unknown, results: readonly (readonly number[])[]) => void): void => {
    taken = [inputs, options];
    done(null, [[7]]);
  };
  const indicators = new Proxy({}, { get: () => ({ indicator }) });
  for (const [, call] of argumentsOf(tulindCalls({ indicators }), () => taken)) {
    const [inputs, options] = call as readonly [readonly unknown[], readonly unknown[]];
    expect(inputs.length).toBeGreaterThan(0);
    expect(inputs.every((input) => Array.isArray(input))).toBe(true);
    expect(options.every((option) => Number.isFinite(option))).toBe(true);
  }
});
