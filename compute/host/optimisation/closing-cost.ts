import { cutSeries, type SymbolSeries } from '../timeline.ts';
import type { BacktestOptions, BacktestResult } from '../types.ts';

const BPS = 10_000;

/** Commission, slippage and half of the spread of an order that closes so many units. Without market impact and regulators' fees. */
function orderCost(units: number, price: number, options: BacktestOptions): number {
  const { commissionRate, commissionFixed, commissionPerUnit, commissionMinimum, slippageBps, fill, spreadBps } = options;
  const notional = units * price;
  const commission = Math.max(commissionMinimum, commissionRate * notional + commissionFixed + commissionPerUnit * units);
  const against = slippageBps + (fill === 'spread' ? spreadBps / 2 : 0);
  return commission + (notional * against) / BPS;
}

/** What closing everything that is open at the end of a run would cost, at the last closes until `atMs`. In money. */
export function closingCost({ trades, options }: BacktestResult, series: readonly SymbolSeries[], atMs: number): number {
  let cost = 0;
  for (const { symbol, bars } of series) {
    const open = trades.filter((trade) => trade.status === 'open' && trade.symbol === symbol);
    const units = open.reduce((sum, { size, direction }) => sum + (direction === 'long' ? 1 : -1) * Math.abs(size), 0);
    const close = cutSeries(bars, undefined, atMs).close.at(-1);
    if (units !== 0 && close !== undefined) cost += orderCost(Math.abs(units), close, options);
  }
  return cost;
}
