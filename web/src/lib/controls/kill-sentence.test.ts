import { describe, expect, test } from 'vitest';
import { killSentence } from './kill-sentence.ts';

type Given = Parameters<typeof killSentence>[0];
const order = {} as Given['cancels'][number];
const position = (symbol: string): Given['flattens'][number] => ({ symbol, quantity: '10' }) as Given['flattens'][number];
const sentence = (orders: number, symbols: readonly string[]): string =>
  killSentence({ cancels: Array.from({ length: orders }, () => order), flattens: symbols.map(position), note: 'At once.' });

describe('what the kill switch would do', () => {
  test.each([
    ['nothing held', 0, [], 'Now it would cancel 0 orders. At once.'],
    ['one order', 1, [], 'Now it would cancel 1 order. At once.'],
    ['two positions', 2, ['AAPL', 'MSFT'], 'Now it would cancel 2 orders and, if you choose to flatten, close 10 AAPL, 10 MSFT. At once.'],
    [
      'one more than are named',
      0,
      ['AAPL', 'MSFT', 'SPY', 'QQQ'],
      'Now it would cancel 0 orders and, if you choose to flatten, close 10 AAPL, 10 MSFT, 10 SPY, 1 other position. At once.',
    ],
    [
      'many',
      0,
      ['AAPL', 'MSFT', 'SPY', 'QQQ', 'IWM', 'DIA'],
      'Now it would cancel 0 orders and, if you choose to flatten, close 10 AAPL, 10 MSFT, 10 SPY, 3 other positions. At once.',
    ],
  ])('%s', (_name, orders, symbols, expected) => {
    expect(sentence(orders, symbols)).toBe(expected);
  });
});
