import type { Side } from '../orders/order.ts';
import { F, ONE, R } from './rational.ts';
import type { InstrumentProfile } from './types.ts';

const larger = (left: R, right: R): R => (right.gt(left) ? right : left);

/** Shorts may lose half as much again, to the unit above. */
export function oracleStress(side: Side, volatility: bigint | undefined): R {
  const stress = volatility === undefined ? ONE : larger(R.of(1n, 5n), F(volatility).times(R.of(6n, 1n)));
  if (side === 'buy') return stress.gt(ONE) ? ONE : stress;
  return F(stress.times(R.of(3n, 2n)).up());
}

/** What is held of a symbol, as a share of equity; of an option whose figures are fresh, what a move of its underlying makes of it. */
export interface OracleHolding {
  readonly symbol: string;
  readonly share: R;
  readonly option?: { readonly follows: string; readonly after: (millionths: bigint) => bigint } | undefined;
}

/** The worst results of 250 days, naively: a list of results, sorted, and its first three. For tests. */
export function oracleTail(
  holdings: readonly OracleHolding[],
  profiles: ReadonlyMap<string, InstrumentProfile>,
): { readonly valueAtRisk: R; readonly shortfall: R } {
  const seen = [...profiles.values()].flatMap(({ dailyReturns }) => dailyReturns?.days ?? []);
  const days: (number | undefined)[] = [...new Set(seen)].sort((left, right) => left - right).slice(-250);
  while (days.length < 250) days.unshift(undefined);
  const weights = holdings.map(({ symbol, share, option }) => ({ symbol, millionths: share.up(1_000_000n), option }));
  const results = days.map((day) => {
    let result = 0n;
    for (const { symbol, millionths, option } of weights) {
      const history = profiles.get(option?.follows ?? symbol)?.dailyReturns;
      const [first, last] = [history?.days[0], history?.days.at(-1)];
      if (day === undefined || history === undefined || first === undefined || last === undefined || day < first || day > last) {
        const stress = oracleStress(millionths > 0n ? 'buy' : 'sell', profiles.get(symbol)?.dailyVolatility60).up(1_000_000n);
        result -= (millionths < 0n ? -millionths : millionths) * stress;
      } else {
        const moved = BigInt(history.millionths[history.days.indexOf(day)] ?? 0);
        result += option === undefined ? millionths * moved : option.after(moved);
      }
    }
    return result;
  });
  results.sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  const [a = 0n, b = 0n, c = 0n] = results;
  const of = (n: bigint, d: bigint): R => R.of(-n, 1_000_000_000_000n * d);
  return { valueAtRisk: of(c, 1n), shortfall: of(2n * a + 2n * b + c, 5n) };
}
