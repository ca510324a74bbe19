import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format, money, price, quantity } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { subtract, sum } from '../money/money.ts';
import type { BrokerActivity } from '../orders/broker.ts';
import type { Origin } from '../orders/order.ts';
import { attributions } from '../positions/owner-results.ts';
import { heldByAll, holdingOf } from '../positions/sub-ledgers.ts';
import { NOON, openDesk, STRATEGY } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

type Owner = 's1' | 's2' | 'account';

type Act =
  | { readonly kind: 'deal'; readonly owner: Owner; readonly buys: boolean; readonly size: number; readonly cents: number }
  | { readonly kind: 'bust'; readonly which: number }
  | { readonly kind: 'correct'; readonly which: number; readonly size: number; readonly cents: number }
  | { readonly kind: 'cash'; readonly of: 'dividend' | 'fee' | 'transfer' | 'interest'; readonly cents: number }
  | { readonly kind: 'split'; readonly times: number }
  | { readonly kind: 'foreign'; readonly shares: number; readonly cents: number }
  | { readonly kind: 'mark'; readonly cents: number };

const cents = fc.integer({ min: 9_000, max: 11_000 });
const size = fc.integer({ min: 1, max: 60 });
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('deal' as const),
        owner: fc.constantFrom<Owner>('s1', 's2', 'account'),
        buys: fc.boolean(),
        size,
        cents,
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('bust' as const), which: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('correct' as const), which: fc.nat(), size, cents }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('cash' as const),
        of: fc.constantFrom('dividend' as const, 'fee' as const, 'transfer' as const, 'interest' as const),
        cents: fc.integer({ min: -5_000, max: 5_000 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('split' as const), times: fc.integer({ min: 2, max: 3 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('foreign' as const),
        shares: fc.integer({ min: -30, max: 30 }).filter((shares) => shares !== 0),
        cents,
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('mark' as const), cents }) },
  ),
  { minLength: 1, maxLength: 14 },
);

/** What the broker has on its books, in whole shares and hundredths of a cent: written without any of the product's arithmetic. */
interface Standing {
  readonly id: string;
  readonly orderId: string;
  readonly side: 'buy' | 'sell';
  size: number;
  cents: number;
}
type Line = { readonly kind: 'execution'; readonly of: Standing } | { readonly kind: 'split'; readonly times: number };

class Broker {
  readonly lines: Line[] = [];
  readonly orders: Standing[] = [];
  movedCents = 0;

  shares(): number {
    let shares = 0;
    for (const line of this.lines) {
      if (line.kind === 'split') shares *= line.times;
      else shares += line.of.side === 'buy' ? line.of.size : -line.of.size;
    }
    return shares;
  }

  /** Hundredths of a cent: a fill costs a tenth of a percent. */
  cashUnits(): number {
    let units = (10_000_000 + this.movedCents) * 1000;
    for (const line of this.lines) {
      if (line.kind === 'split') continue;
      const paid = line.of.size * line.of.cents;
      const foreign = line.of.orderId === '';
      units -= (line.of.side === 'buy' ? paid : -paid) * 1000 + (foreign ? 0 : paid);
    }
    return units;
  }
}

const dollars = (value: number): string => (value / 100).toFixed(2);
const cashText = (units: number): string =>
  `${units < 0 ? '-' : ''}${Math.floor(Math.abs(units) / 100_000)}.${String(Math.abs(units) % 100_000).padStart(5, '0')}`;
const originOf = (owner: Owner): Origin =>
  owner === 'account' ? { kind: 'ticket', principal: 'ada' } : { kind: 'strategy', strategyId: owner, version: 'v1' };

function openDeskOfTwo(): Desk {
  const desk = openDesk(undefined, { feeRateEstimate: money('0.001') });
  const config = { ...STRATEGY, id: 's2', name: 'Two' };
  desk.give(
    { kind: 'StrategyCreated', at: NOON, by: 'user:ada', config },
    { kind: 'StrategyEnabled', at: NOON, by: 'user:ada', strategyId: 's2' },
  );
  return desk;
}

/** Past the split at zero, which depends on what is held: the law is about booking. */
function place(desk: Desk, id: string, owner: Owner, side: 'buy' | 'sell'): void {
  desk.ticket(id, { side, origin: originOf(owner), quantity: quantity('100') });
  const order = desk.order(id);
  desk.state = {
    ...desk.state,
    heldIntents: new Map(),
    orders: new Map(desk.state.orders).set(id, { ...order, intent: { ...order.intent, quantity: quantity('100') } }),
  };
}

function deal(desk: Desk, broker: Broker, act: Extract<Act, { kind: 'deal' }>, number: number): void {
  const id = `d${number}`;
  const side = act.buys ? 'buy' : 'sell';
  place(desk, id, act.owner, side);
  // In two pieces, of which the first may be the whole.
  const first = Math.max(1, Math.floor(act.size / 2));
  const pieces = [first, act.size - first].filter((piece) => piece > 0);
  let filled = 0;
  for (const [index, piece] of pieces.entries()) {
    filled += piece;
    const standing: Standing = { id: `e${number}-${index}`, orderId: id, side, size: piece, cents: act.cents + index };
    const execution = [String(piece), dollars(standing.cents), standing.id] as const;
    desk.says(id, { event: 'partial_fill', status: 'partially_filled', filled: String(filled), execution, at: number * 10 + index });
    broker.lines.push({ kind: 'execution', of: standing });
    broker.orders.push(standing);
  }
}

function amend(desk: Desk, broker: Broker, act: Extract<Act, { kind: 'bust' | 'correct' }>, number: number): void {
  const standing = broker.orders[act.which % Math.max(1, broker.orders.length)];
  if (standing === undefined) return;
  const place_ = broker.lines.findIndex((line) => line.kind === 'execution' && line.of === standing);
  const brokerOrderId = `broker-${standing.orderId}`;
  broker.orders.splice(broker.orders.indexOf(standing), 1);
  if (act.kind === 'bust') {
    broker.lines.splice(place_, 1);
    desk.give({ kind: 'ExecutionBusted', at: desk.state.now, previousId: standing.id, brokerOrderId });
    return;
  }
  const corrected: Standing = { ...standing, id: `c${number}`, size: Math.min(act.size, 40), cents: act.cents };
  broker.lines.splice(place_, 1, { kind: 'execution', of: corrected });
  broker.orders.push(corrected);
  const execution = {
    executionId: corrected.id,
    brokerOrderId,
    symbol: 'ALDR',
    side: corrected.side,
    quantity: quantity(String(corrected.size)),
    price: price(dollars(corrected.cents)),
    at: instantFromMs(NOON + number),
  };
  desk.give({ kind: 'ExecutionCorrected', at: desk.state.now, previousId: standing.id, execution });
}

function activity(desk: Desk, broker: Broker, act: Extract<Act, { kind: 'cash' | 'split' }>, number: number): void {
  const base = { id: `a${number}`, at: desk.state.now, date: '2024-03-04', symbol: 'ALDR', words: 'told' };
  const shares = broker.shares();
  if (act.kind === 'split' && (shares === 0 || broker.lines.filter(({ kind }) => kind === 'split').length >= 3)) return;
  const told: BrokerActivity =
    act.kind === 'split'
      ? { ...base, kind: 'split', quantity: quantity(String(shares * (act.times - 1))), amount: money('0') }
      : { ...base, kind: act.of, amount: money(dollars(act.cents)) };
  // Told twice, as after a restart: it moves once.
  desk.give({ kind: 'ActivityReported', at: base.at, activity: told }, { kind: 'ActivityReported', at: base.at, activity: told });
  if (act.kind === 'split') broker.lines.push({ kind: 'split', times: act.times });
  else broker.movedCents += act.cents;
}

/** Somebody trades past us: the difference is found, and a person accepts the broker's view. */
function foreign(desk: Desk, broker: Broker, { shares, cents: paid }: Extract<Act, { kind: 'foreign' }>): void {
  const side = shares > 0 ? 'buy' : 'sell';
  broker.lines.push({ kind: 'execution', of: { id: 'foreign', orderId: '', side, size: Math.abs(shares), cents: paid } });
  const held = broker.shares();
  const positions = held === 0 ? [] : [{ symbol: 'ALDR', quantity: quantity(String(held)), averagePrice: price(dollars(paid)) }];
  const cash = { cash: money(cashText(broker.cashUnits())) };
  desk.reconcile(positions, [], cash);
  desk.give({ kind: 'ClockTicked', at: instantFromMs(desk.state.now + 10_000) });
  desk.reconcile(positions, [], cash);
  expect(desk.state.tradingState).toBe('HALTED');
  desk.give({ kind: 'KillSwitchReleased', at: desk.state.now, by: 'user:ada', reason: 'traded by telephone' });
}

function perform(desk: Desk, broker: Broker, act: Act, number: number): void {
  switch (act.kind) {
    case 'deal':
      return deal(desk, broker, act, number);
    case 'bust':
    case 'correct':
      return amend(desk, broker, act, number);
    case 'cash':
    case 'split':
      return activity(desk, broker, act, number);
    case 'foreign':
      return foreign(desk, broker, act);
    case 'mark':
      return desk.mark(dollars(act.cents));
  }
}

const CENT = 10_000_000n;

function expectBooks(desk: Desk, broker: Broker): void {
  const { ledgers, results, positions, strategies, cash, marks, openingCash, equity } = desk.state;
  const held = quantity(String(broker.shares()));
  expect(format(heldByAll(ledgers, 'ALDR'))).toBe(format(held));
  expect(format(positions.get('ALDR')?.quantity ?? quantity('0'))).toBe(format(held));
  expect(format(cash)).toBe(format(money(cashText(broker.cashUnits()))));
  for (const [id, { holdings }] of strategies) expect(holdings.get('ALDR') ?? 0n).toBe(holdingOf(ledgers, id, 'ALDR'));
  const parts = attributions(ledgers, results, (symbol) => marks.get(symbol)?.price);
  const transfers = sum([...results.values()].map((result) => result.transfers));
  const made = subtract(subtract(equity?.equity ?? money('0'), openingCash ?? money('0')), transfers);
  const off = (sum(parts.map(({ net }) => net)) - made) as Money;
  expect(off < CENT && off > -CENT, `the owners made ${format(sum(parts.map(({ net }) => net)))}, the account ${format(made)}`).toBe(true);
  for (const { realizedPnl, unrealizedPnl, income, charges, fees, net } of parts)
    expect(net).toBe(realizedPnl + unrealizedPnl + income + charges - fees);
}

describe('strategies side by side', () => {
  test('whatever happens, their sub-ledgers sum to what the broker holds, and what they have made to what the account has made', () => {
    fc.assert(
      fc.property(acts, (all) => {
        const desk = openDeskOfTwo();
        const broker = new Broker();
        for (const [number, act] of all.entries()) {
          perform(desk, broker, act, number);
          expectBooks(desk, broker);
        }
      }),
      { numRuns: 400 },
    );
  });
});
