/**
 * The rules of built-in strategies over many symbols, once more and as plainly as can be, for tests: every decision is worked out from all
 * bars so far. Closes are rows of slices; `undefined` where a symbol has no bar.
 */
export type Closes = readonly (readonly (number | undefined)[])[];

export interface Decision {
  readonly slice: number;
  readonly symbolIndex: number;
  readonly amount: number;
  readonly reason: string;
}

type Parameters = Readonly<Record<string, number>>;
/** What a strategy wishes for after slice `at`, with these positions. */
export type Rule = (closes: Closes, at: number, positions: readonly number[]) => readonly Decision[];

const parameter = (values: Parameters, name: string): number => values[name] ?? Number.NaN;

/** The symbol's newest close at a slice. */
function lastClose(closes: Closes, at: number, symbol: number): number {
  for (let slice = at; slice >= 0; slice -= 1) {
    const close = closes[slice]?.[symbol];
    if (close !== undefined) return close;
  }
  return Number.NaN;
}

const symbolsOf = (closes: Closes): readonly number[] => [...(closes[0] ?? []).keys()];
const isDue = (at: number, warm: number, every: number): boolean => at + 1 >= warm && (at + 1 - warm) % every === 0;

/** Ranks all by momentum, the earlier symbol first among equals, and holds the first ones in equal parts. */
export function momentumRotation(values: Parameters): Rule {
  const [lookback, skip, top, every] = ['lookback', 'skip', 'top', 'every'].map((name) => parameter(values, name)) as [
    number,
    number,
    number,
    number,
  ];
  return (closes, at, positions) => {
    if (!isDue(at, lookback + skip + 1, every)) return [];
    const symbols = symbolsOf(closes);
    const momenta = symbols.map((symbol) => lastClose(closes, at - skip, symbol) / lastClose(closes, at - skip - lookback, symbol) - 1);
    const momentum = (symbol: number): number => momenta[symbol] ?? Number.NaN;
    const ranked = symbols.filter((symbol) => !Number.isNaN(momentum(symbol))).toSorted((a, b) => momentum(b) - momentum(a) || a - b);
    const places = Math.min(top, symbols.length);
    const chosen = new Set(ranked.slice(0, places));
    return symbols.flatMap((symbolIndex): readonly Decision[] => {
      if (chosen.has(symbolIndex)) return [{ slice: at, symbolIndex, amount: 1 / places, reason: 'among the strongest' }];
      if (positions[symbolIndex] === 0) return [];
      return [{ slice: at, symbolIndex, amount: 0, reason: 'no longer among the strongest' }];
    });
  };
}

/** The strongest of the risky ones, where it beats the last symbol, or zero where that has no momentum or is the only one. */
export function dualMomentum(values: Parameters): Rule {
  const [lookback, every] = [parameter(values, 'lookback'), parameter(values, 'every')];
  return (closes, at, positions) => {
    if (!isDue(at, lookback + 1, every)) return [];
    const symbols = symbolsOf(closes);
    const momenta = symbols.map((symbol) => lastClose(closes, at, symbol) / lastClose(closes, at - lookback, symbol) - 1);
    const last = symbols.length - 1;
    const hasSafe = last > 0 && !Number.isNaN(momenta[last]);
    const hurdle = hasSafe ? (momenta[last] ?? 0) : 0;
    const risky = last === 0 ? [0] : symbols.slice(0, -1);
    const beating = risky.filter((symbol) => (momenta[symbol] ?? Number.NaN) > hurdle);
    const strongest = Math.max(...beating.map((symbol) => momenta[symbol] ?? Number.NaN));
    const best = beating.find((symbol) => momenta[symbol] === strongest) ?? (hasSafe ? last : undefined);
    const leave = best === undefined ? 'none rises' : 'another is stronger';
    const exits = symbols
      .filter((symbol) => symbol !== best && positions[symbol] !== 0)
      .map((symbolIndex) => ({ slice: at, symbolIndex, amount: 0, reason: leave }));
    if (best === undefined || positions[best] !== 0) return exits;
    const reason = hasSafe && best === last ? 'none beats the safe one' : 'the strongest';
    return [...exits, { slice: at, symbolIndex: best, amount: 1, reason }];
  };
}

function sampleDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** The exposure that a symbol was last said to have is remembered from slice to slice. */
export function volatilityTargeting(values: Parameters): Rule {
  const said = new Map<number, number>();
  const [period, aim, most, band, year] = ['period', 'volatility', 'most', 'band', 'periodsPerYear'].map((name) =>
    parameter(values, name),
  ) as [number, number, number, number, number];
  return (closes, at) => {
    const symbols = symbolsOf(closes);
    return symbols.flatMap((symbolIndex): readonly Decision[] => {
      if (closes[at]?.[symbolIndex] === undefined) return [];
      const own = closes.slice(0, at + 1).flatMap((row) => row[symbolIndex] ?? []);
      if (own.length < period + 1) return [];
      const window = own.slice(-period - 1);
      const realised = sampleDeviation(window.slice(1).map((close, index) => close / (window[index] ?? Number.NaN) - 1)) * Math.sqrt(year);
      const wanted = realised > 0 ? Math.min(most, aim / realised) : most;
      if (Math.abs(wanted - (said.get(symbolIndex) ?? 0)) <= band) return [];
      said.set(symbolIndex, wanted);
      return [{ slice: at, symbolIndex, amount: wanted / symbols.length, reason: 'volatility has changed' }];
    });
  };
}

/** The newest residual of the least-squares line of the first logarithm on the second, in units of the residuals' deviation (n - 2). */
export function spreadScore(first: readonly number[], second: readonly number[]): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [x, y] = [second.map(Math.log), first.map(Math.log)];
  const [meanX, meanY] = [mean(x), mean(y)];
  const variance = mean(x.map((each) => (each - meanX) ** 2));
  const slope = variance > 1e-24 ? mean(x.map((each, index) => (each - meanX) * ((y[index] ?? 0) - meanY))) / variance : 0;
  const residuals = y.map((each, index) => each - meanY - slope * ((x[index] ?? 0) - meanX));
  const deviation = Math.sqrt(residuals.reduce((sum, each) => sum + each * each, 0) / (residuals.length - 2));
  return deviation > 1e-12 ? (residuals.at(-1) ?? Number.NaN) / deviation : 0;
}

/** Remembers whether it is in the spread, and whether it was stopped. */
export function pairs(values: Parameters): Rule {
  const [period, entry, exit, stop] = ['period', 'entry', 'exit', 'stop'].map((name) => parameter(values, name)) as [
    number,
    number,
    number,
    number,
  ];
  let side = 0;
  let stopped = false;
  const both = (slice: number, amount: number, reason: string): readonly Decision[] => [
    { slice, symbolIndex: 0, amount: amount === 0 ? 0 : amount, reason },
    { slice, symbolIndex: 1, amount: amount === 0 ? 0 : -amount, reason },
  ];
  return (closes, at) => {
    const rows = closes.slice(0, at + 1).filter((row) => row[0] !== undefined && row[1] !== undefined);
    if (closes[at]?.[0] === undefined || closes[at][1] === undefined || rows.length < period) return [];
    const window = rows.slice(-period);
    const z = spreadScore(
      window.map(([a]) => a ?? 0),
      window.map(([, b]) => b ?? 0),
    );
    if (side === 0) {
      stopped &&= Math.abs(z) > exit;
      if (stopped || Math.abs(z) < entry || Math.abs(z) >= stop) return [];
      side = z < 0 ? 1 : -1;
      return both(at, side / 2, side > 0 ? 'the spread is low' : 'the spread is high');
    }
    const isBack = z * side >= -exit;
    if (!isBack && Math.abs(z) < stop) return [];
    side = 0;
    stopped = !isBack;
    return both(at, 0, isBack ? 'the spread has come back' : 'the spread has gone too far');
  };
}
