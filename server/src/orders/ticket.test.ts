import { describe, expect, test } from 'vitest';
import { instant } from '../money/instant.ts';
import { parseReplacement, parseTicket, sameRequest, ticketIntentId } from './ticket.ts';
import type { ParsedTicket, ReplacementText, TicketText } from './ticket.ts';

const TEXT: TicketText = {
  idempotencyKey: 'k1',
  symbol: 'AAPL',
  side: 'buy',
  quantity: '10',
  type: 'market',
  timeInForce: 'day',
  reduceOnly: false,
};
const parse = (change: Partial<TicketText>, at = '2024-03-04T15:00:00Z'): ParsedTicket =>
  parseTicket({ ...TEXT, ...change }, { principal: 'owner', at: instant(at), knows: (symbol) => symbol === 'AAPL' });
const intentOf = (parsed: ParsedTicket) => {
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.intent;
};

describe('parseTicket', () => {
  test.each([
    ['a stop-limit order needs both', { type: 'stop_limit', limitPrice: '10', stopPrice: '9.5' }, undefined],
    ['a stop-limit order without its stop', { type: 'stop_limit', limitPrice: '10' }, 'stopPrice'],
    ['a limit order with a stop', { type: 'limit', limitPrice: '10', stopPrice: '9' }, 'stopPrice'],
    ['a protective stop on a market order', { protectiveStop: '9' }, undefined],
    ['a trailing stop without its distance', { type: 'trailing_stop' }, 'trail'],
    ['a trailing stop by a fraction', { type: 'trailing_stop', trailRatio: '0.05' }, undefined],
    ['a trailing stop by all of the price', { type: 'trailing_stop', trailRatio: '1' }, 'trailRatio'],
    ['a trailing stop with two distances', { type: 'trailing_stop', trail: '2', trailRatio: '0.05' }, 'trailRatio'],
    ['a trailing distance on a market order', { trail: '2' }, 'trail'],
    ['a stop loss of nothing', { stopLoss: { stopPrice: '0' } }, 'stopLoss'],
    ['a take profit of words', { takeProfit: { limitPrice: 'much' } }, 'takeProfit'],
    ['a protective stop beside a stop loss', { protectiveStop: '9', stopLoss: { stopPrice: '9' } }, 'protectiveStop'],
    ['the symbol of an option', { symbol: 'AAPL240621C00190000' }, 'symbol'],
    ['nine places', { quantity: '0.000000001' }, undefined],
    ['ten places', { quantity: '0.0000000001' }, 'quantity'],
    ['a key of 128 characters', { idempotencyKey: 'k'.repeat(128) }, undefined],
    ['a key of 129 characters', { idempotencyKey: 'k'.repeat(129) }, 'idempotencyKey'],
    ['a reason of 500 characters', { reason: 'r'.repeat(500) }, undefined],
    ['a reason of 501 characters', { reason: 'r'.repeat(501) }, 'reason'],
  ] as const)('%s', (_name, change, field) => {
    const parsed = parse(change);
    expect(parsed.ok ? undefined : parsed.problem.field).toBe(field);
  });

  test('one key is one request, whenever it is asked; any other field makes another', () => {
    const first = intentOf(parse({}));
    expect(sameRequest(first, intentOf(parse({}, '2024-03-05T15:00:00Z')))).toBe(true);
    const changes: Partial<TicketText>[] = [
      { side: 'sell' },
      { quantity: '11' },
      { type: 'limit', limitPrice: '1' },
      { timeInForce: 'gtc' },
      { protectiveStop: '9' },
      { reduceOnly: true },
      { takeProfit: { limitPrice: '12' } },
      { stopLoss: { stopPrice: '9', limitPrice: '8' } },
      { extendedHours: true },
      { type: 'trailing_stop', trail: '2' },
      { reason: 'other' },
    ];
    for (const change of changes) expect(sameRequest(first, intentOf(parse(change)))).toBe(false);
  });

  test.each([
    ['both exits', { takeProfit: { limitPrice: '12' }, stopLoss: { stopPrice: '9' } }, 'bracket'],
    ['a stop loss alone', { stopLoss: { stopPrice: '9' } }, 'oto'],
    ['a protective stop', { protectiveStop: '9' }, 'oto'],
    ['neither', {}, undefined],
  ] as const)('%s: the class follows, and the risk is bounded by the stop', (_name, change, orderClass) => {
    const intent = intentOf(parse(change));
    expect(intent.orderClass).toBe(orderClass);
    expect(intent.protectiveStop).toBe(intent.stopLoss?.stopPrice);
  });

  test('an OCO only reduces', () => {
    const text = { side: 'sell', type: 'limit', limitPrice: '12', orderClass: 'oco', stopLoss: { stopPrice: '9' } } as const;
    expect(intentOf(parse(text))).toMatchObject({ reduceOnly: true, orderClass: 'oco' });
    expect(intentOf(parse(text)).protectiveStop).toBeUndefined();
  });

  test('ids differ by principal and by key, and a principal cannot borrow another’s', () => {
    const ids = [ticketIntentId('a', 'b'), ticketIntentId('b', 'a'), ticketIntentId('a', 'bc'), ticketIntentId('ab', 'c')];
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]?.length).toBeLessThanOrEqual(48);
  });
});

describe('what takes the place of a pair of exits', () => {
  const pair = intentOf(
    parse({ side: 'sell', type: 'limit', limitPrice: '110', timeInForce: 'gtc', orderClass: 'oco', stopLoss: { stopPrice: '90' } }),
  );
  test.each<[string, Partial<ReplacementText>, string | undefined]>([
    ['another price', { limitPrice: '112' }, undefined],
    ['the same quantity and time in force', { limitPrice: '112', quantity: '10.0', timeInForce: 'gtc' }, undefined],
    ['another quantity', { quantity: '5' }, 'quantity'],
    ['another time in force', { timeInForce: 'day' }, 'timeInForce'],
  ])('%s', (_name, change, field) => {
    const at = instant('2024-03-04T15:00:00Z');
    const parsed = parseReplacement({ id: pair.id, idempotencyKey: 'k2', ...change }, pair, { principal: 'owner', at });
    expect(parsed.ok ? undefined : parsed.problem.field).toBe(field);
  });
});
