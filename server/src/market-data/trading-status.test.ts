import { expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { statusOf } from './trading-status.ts';

const HEARD = instantFromMs(5_000);
const said = (statusCode: string | undefined, reasonCode?: string) =>
  statusOf(
    'AAA',
    {
      ...(statusCode === undefined ? {} : { statusCode }),
      ...(reasonCode === undefined ? {} : { reasonCode }),
      timestamp: new Date(1_000),
    },
    HEARD,
  );

test.each([
  { code: 'H', reason: 'T1', trading: false },
  { code: 'P', reason: 'LUDP', trading: false },
  { code: 'Q', reason: '', trading: false },
  { code: 'T', reason: '', trading: true },
  { code: '2', reason: 'M', trading: false },
  { code: '3', reason: '', trading: true },
  { code: '5', reason: 'I', trading: undefined },
  { code: '8', reason: '', trading: undefined },
  { code: 'A', reason: '', trading: undefined },
  { code: 'E', reason: '', trading: undefined },
  { code: 'F', reason: 'M', trading: false },
  { code: 'F', reason: '', trading: undefined },
  { code: 'Z', reason: '', trading: false },
  { code: undefined, reason: undefined, trading: false },
])('code $code for reason $reason: trading is $trading', ({ code, reason, trading }) => {
  expect(said(code, reason)?.trading).toBe(trading);
});

test('the words of both codes are kept, and a status without a time is of when it was heard', () => {
  const wire = { statusCode: 'H', statusMessage: 'Trading Halt', reasonCode: 'T12', reasonMessage: 'Information Requested' };
  expect(statusOf('AAA', { ...wire, timestamp: new Date(Number.NaN) }, HEARD)).toEqual({
    symbol: 'AAA',
    at: HEARD,
    trading: false,
    words: 'H Trading Halt, T12 Information Requested',
  });
});
