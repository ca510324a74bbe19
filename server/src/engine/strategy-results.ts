import type { EngineState, StrategySlot } from './state.ts';
import { capitalOf } from './capital.ts';
import { worthOf } from '../instruments/worth.ts';
import { priceFromNumber, toNumber } from '../money/fixed.ts';
import type { Money, Price, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { add, scale, share, subtract, sum, ZERO_MONEY } from '../money/money.ts';
import type { Fill } from '../orders/order.ts';
import { resultOf } from '../positions/owner-results.ts';
import type { Trade } from '../positions/position.ts';

/** A fill of an order that a strategy wanted. */
export interface StrategyFill extends Fill {
  readonly strategyId: string;
}

export interface StrategyResult {
  readonly totalPnl: Money | undefined;
  readonly dayPnl: Money | undefined;
  readonly drawdown: Ratio | undefined;
  readonly sparkline: readonly number[];
  readonly trades: number;
}

const SPARKLINE_POINTS_MAX = 60;

/** Cash that a fill brought in (sale) or took out (purchase), after its fee. */
function cashFlow({ symbol, side, quantity, price, fee }: Fill): Money {
  const traded = worthOf(symbol, quantity, price);
  return subtract(side === 'sell' ? traded : (-traded as Money), fee);
}

function holdingsValue(slot: StrategySlot, priceOf: (symbol: string) => bigint | undefined): Money | undefined {
  let total = ZERO_MONEY;
  for (const [symbol, quantity] of slot.holdings) {
    if (quantity === 0n) continue;
    const price = priceOf(symbol);
    if (price === undefined) return undefined;
    total = add(total, worthOf(symbol, quantity, price as Price));
  }
  return total;
}

/**
 * Profit and loss since the session began: worth now − (worth of what was held then, at the previous close) + cash flows since. What
 * was held then is what is held now less what was traded since.
 */
function dayPnlOf(
  slot: StrategySlot,
  fills: readonly StrategyFill[],
  state: EngineState,
  since: Instant,
  previousClose: ReadonlyMap<string, number>,
): Money | undefined {
  const today = fills.filter(({ filledAt }) => filledAt >= since);
  const now = holdingsValue(slot, (symbol) => state.marks.get(symbol)?.price);
  const symbols = new Set([...slot.holdings.keys(), ...today.map(({ symbol }) => symbol)]);
  let then = ZERO_MONEY;
  for (const symbol of symbols) {
    const traded = sum(
      today
        .filter((fill) => fill.symbol === symbol)
        .map(({ side, quantity }) => (side === 'buy' ? quantity : -quantity) as typeof quantity),
    );
    const held = subtract(slot.holdings.get(symbol) ?? (0n as typeof traded), traded);
    if (held === 0n) continue;
    const close = previousClose.get(symbol);
    if (close === undefined) return undefined;
    then = add(then, worthOf(symbol, held, priceFromNumber(close)));
  }
  return now === undefined ? undefined : add(subtract(now, then), sum(today.map(cashFlow)));
}

function curveOf(trades: readonly Trade[], totalPnl: Money | undefined): number[] {
  let total = ZERO_MONEY;
  const curve = [0];
  for (const { grossPnl, fees } of trades) {
    total = add(total, subtract(grossPnl, fees));
    curve.push(toNumber(total));
  }
  if (totalPnl !== undefined) curve.push(toNumber(totalPnl));
  return curve;
}

function drawdownOf(curve: readonly number[], allotted: Money | undefined): Ratio | undefined {
  const last = curve.at(-1);
  if (last === undefined || allotted === undefined || allotted <= 0n) return undefined;
  const below = Math.round((Math.max(...curve) - last) * 100);
  return share((BigInt(below) * 10_000_000n) as Money, allotted);
}

/** What each strategy has made, by id. Trades oldest first; `previousClose` holds the last close before the session, by symbol. */
export function strategyResults(
  state: EngineState,
  trades: readonly Trade[],
  fills: readonly StrategyFill[],
  previousClose: ReadonlyMap<string, number>,
): ReadonlyMap<string, StrategyResult> {
  const tradesById = Map.groupBy(trades, (trade) => trade.strategyId);
  const fillsById = Map.groupBy(fills, (fill) => fill.strategyId);
  const since = sessionStart(state);
  const entries = [...state.strategies.values()].map((slot): [string, StrategyResult] => {
    const { id } = slot.config;
    const own = fillsById.get(id) ?? [];
    const closed = tradesById.get(id) ?? [];
    const worth = holdingsValue(slot, (symbol) => state.marks.get(symbol)?.price);
    // What its ledger says: a person's sale of its units, dividends and charges are in it, and no fill of its own tells them.
    const { flow, income, charges } = resultOf(state.results, id);
    const totalPnl = worth === undefined ? undefined : sum([worth, flow, income, charges]);
    const curve = curveOf(closed, totalPnl);
    const allotted = state.equity === undefined ? undefined : scale(state.equity.equity, capitalOf(state, slot.config));
    return [
      id,
      {
        totalPnl,
        dayPnl: since === undefined ? undefined : dayPnlOf(slot, own, state, since, previousClose),
        drawdown: drawdownOf(curve, allotted),
        sparkline: curve.slice(-SPARKLINE_POINTS_MAX),
        trades: closed.length,
      },
    ];
  });
  return new Map(entries);
}

/** Midnight in New York of the session's date: no fill of it is earlier, none of the one before later. */
function sessionStart({ sessionDate }: EngineState): Instant | undefined {
  if (sessionDate === undefined) return undefined;
  return Temporal.PlainDate.from(sessionDate).toZonedDateTime('America/New_York').epochMilliseconds as Instant;
}
