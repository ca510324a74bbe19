import type { CrossoverFigures, CrossoverJob } from './sweep-module.ts';

/** For tests: a crossover simulated in the plainest way, bar by bar, sharing nothing with the module. */
interface Account {
  cash: number;
  units: number;
  orders: number;
  trades: number;
}

type Signal = 'enter' | 'leave' | undefined;

const at = (values: Float64Array, index: number): number => values[index] ?? Number.NaN;

/** What each bar says, by the words of the strategy. */
function signalsOf(fast: Float64Array, slow: Float64Array, arm: CrossoverJob['arm']): readonly Signal[] {
  let side: 'above' | 'below' | undefined;
  return Array.from(fast, (_, bar) => {
    const wasBelow = arm === 'strict' ? side === 'below' : at(fast, bar - 1) <= at(slow, bar - 1);
    const wasAbove = arm === 'strict' ? side === 'above' : at(fast, bar - 1) >= at(slow, bar - 1);
    if (at(fast, bar) > at(slow, bar)) {
      side = 'above';
      return wasBelow ? 'enter' : undefined;
    }
    if (!(at(fast, bar) < at(slow, bar))) return undefined;
    side = 'below';
    return wasAbove ? 'leave' : undefined;
  });
}

function trade(account: Account, signal: Signal, arrival: number, job: CrossoverJob): void {
  if (signal === 'enter' && account.units === 0) {
    const price = arrival * (1 + job.slippage);
    const units = (account.cash - job.commissionFixed) / (price * (1 + job.commissionRate) + job.commissionPerUnit);
    if (!(units > 0)) return;
    // All of it: what subtracting would leave is rounding, which can be more than a position after a fall by many orders of magnitude.
    account.cash = 0;
    account.units = units;
    account.trades += 1;
  } else if (signal === 'leave' && account.units > 0) {
    const price = arrival * (1 - job.slippage);
    // A unit less what it costs, and not all units less all costs: of a sale that costs all it brings, rounding would leave more than the account began with.
    account.cash += account.units * (price * (1 - job.commissionRate) - job.commissionPerUnit) - job.commissionFixed;
    account.units = 0;
  } else return;
  account.orders += 1;
}

/** Equity at each close, all orders of the bar booked, and the account at the end. */
export function simulateCrossover(
  job: CrossoverJob,
  fast: Float64Array,
  slow: Float64Array,
): { readonly equity: readonly number[]; readonly account: Account } {
  const account: Account = { cash: job.cash, units: 0, orders: 0, trades: 0 };
  const signals = signalsOf(fast, slow, job.arm);
  const equity = Array.from(job.closes, (close, bar) => {
    trade(account, signals[bar - job.delay], at(job.fillPrices, bar), job);
    return account.cash + account.units * close;
  });
  return { equity, account };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Returns of equity from bar to bar, the first against the cash at the start. */
export function returnsOf(equity: readonly number[], cash: number): readonly number[] {
  return equity.map((value, bar) => value / (bar === 0 ? cash : (equity[bar - 1] ?? Number.NaN)) - 1);
}

/** Sample standard deviation. */
export function deviationOf(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1));
}

function sharpeOf(equity: readonly number[], job: CrossoverJob): number {
  const returns = returnsOf(equity, job.cash);
  const deviation = deviationOf(returns);
  if (returns.length < 2 || deviation <= 8 * Number.EPSILON || equity.some((value) => value <= 0)) return Number.NaN;
  return (sum(returns) / returns.length / deviation) * Math.sqrt(job.periodsPerYear);
}

export function crossoverOracle(job: CrossoverJob, fast: Float64Array, slow: Float64Array): CrossoverFigures {
  const { equity, account } = simulateCrossover(job, fast, slow);
  let peak = job.cash;
  let maxDrawdown = 0;
  for (const value of equity) {
    peak = Math.max(peak, value);
    maxDrawdown = Math.min(maxDrawdown, value / peak - 1);
  }
  const { orders, trades } = account;
  return { totalReturn: (equity.at(-1) ?? job.cash) / job.cash - 1, sharpe: sharpeOf(equity, job), maxDrawdown, orders, trades };
}
