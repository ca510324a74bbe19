import { describe, expect, test } from 'vitest';
import { sessionOn } from '../../instruments/calendar.ts';
import { instant, instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Bar } from '../bar.ts';
import { requestUrl } from './alpaca-hosts.ts';
import { DailyCloser } from './daily-closer.ts';
import { barStart, markOfQuote, markOfTrade, parseBar } from './parse-alpaca.ts';

const bar = (date: string, close: number): Bar => ({
  symbol: 'AAPL',
  timeframe: '1Day',
  startAt: instant(date),
  open: 10,
  high: 20,
  low: 5,
  close,
  volume: 1,
});

const closeOf = (date: string): Instant => sessionOn(date)?.closeAt ?? instantFromMs(0);

describe('a running daily bar', () => {
  test('is held until its session is over, and the last one counts', () => {
    const closer = new DailyCloser();
    expect(closer.add(bar('2018-05-10', 10))).toEqual([]);
    expect(closer.advance(instantFromMs(closeOf('2018-05-10') - 1))).toEqual([]);
    expect(closer.add(bar('2018-05-10', 11))).toEqual([]);
    expect(closer.advance(closeOf('2018-05-10'))).toEqual([bar('2018-05-10', 11)]);
    expect(closer.advance(instantFromMs(closeOf('2018-05-10') + 60_000))).toEqual([]);
  });

  test('sent after the close is final at once, and only once', () => {
    const closer = new DailyCloser();
    closer.advance(closeOf('2018-05-10'));
    expect(closer.add(bar('2018-05-10', 12))).toEqual([bar('2018-05-10', 12)]);
    expect(closer.add(bar('2018-05-10', 13))).toEqual([]);
  });

  test('is closed by the next day’s, whatever was missed between', () => {
    const closer = new DailyCloser();
    closer.add(bar('2018-05-10', 12));
    expect(closer.add(bar('2018-05-11', 13))).toEqual([bar('2018-05-10', 12)]);
  });

  test('closes at 13:00 on a half day', () => {
    const closer = new DailyCloser();
    closer.add(bar('2017-11-24', 12));
    expect(closer.advance(instant('2017-11-24T18:00:00Z'))).toHaveLength(1);
  });
});

describe('hosts', () => {
  test.each([
    { mode: 'paper', url: 'https://paper-api.alpaca.markets/v2/account', ok: true },
    { mode: 'paper', url: 'https://api.alpaca.markets/v2/account', ok: false },
    { mode: 'live', url: 'https://paper-api.alpaca.markets/v2/account', ok: false },
    { mode: 'live', url: 'https://data.alpaca.markets/v2/stocks/bars', ok: true },
    { mode: 'paper', url: 'https://paper-api.alpaca.markets.example.com/v2/account', ok: false },
  ] as const)('$mode may send to $url: $ok', ({ mode, url, ok }) => {
    const send = (): string => requestUrl(url, { mode, keyId: 'k', secret: 's' });
    if (ok) expect(send()).toBe(url);
    else expect(send).toThrow(/may not send to/);
  });

  test('a simulated connection reaches its exchange and nothing else', () => {
    const endpoint = { mode: 'simulated', keyId: 'k', secret: 's', baseUrl: 'http://127.0.0.1:4100' } as const;
    expect(requestUrl('https://api.alpaca.markets/v2/orders?status=open', endpoint)).toBe('http://127.0.0.1:4100/v2/orders?status=open');
    expect(() => requestUrl('https://api.alpaca.markets/v2/orders', { mode: 'simulated', keyId: 'k', secret: 's' })).toThrow(/simulated/);
  });
});

describe('what the wire says', () => {
  test.each([
    ['2018-05-11T04:00:00Z', '2018-05-11'],
    ['2018-01-11T05:00:00Z', '2018-01-11'],
  ])('midnight in New York, %s, is the trading date %s', (wire, date) => expect(barStart(new Date(wire), '1Day')).toBe(instant(date)));

  test('a bad bar is refused with what was sent', () => {
    const refused = parseBar('AAPL', '1Day', {
      timestamp: new Date('2018-05-11T04:00:00Z'),
      open: 1,
      high: 1,
      low: 2,
      close: 1,
      volume: 0,
    });
    expect(refused).toMatchObject({ reason: expect.stringMatching(/high 1 is below low 2/), raw: expect.stringContaining('"low":2') });
  });

  test.each([
    { bid: 10.01, ask: 10, why: 'crossed' },
    { bid: 0, ask: 10, why: 'zero' },
    { bid: Number.NaN, ask: 10, why: 'not a number' },
  ])('a $why quote is no mark', ({ bid, ask }) => expect(markOfQuote(bid, ask, new Date(0))).toBeUndefined());

  test('a quote’s mark is its middle; a trade’s its price', () => {
    expect(markOfQuote(10, 10.01, new Date(5))).toEqual({
      price: 10_005_000_000n,
      bid: 10_000_000_000n,
      ask: 10_010_000_000n,
      at: 5,
      basis: 'quote',
    });
    expect(markOfTrade(0.1, new Date(5))?.price).toBe(100_000_000n);
    expect(markOfTrade(-1, new Date(5))).toBeUndefined();
    expect(markOfTrade(1, new Date(Number.NaN))).toBeUndefined();
  });
});
