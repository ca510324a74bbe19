/** Bars as the libraries of others take them: plain arrays of numbers, or candles. The same values that we get. */
export interface PeerBars {
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
  /** Made when first asked for: a million of them take 150 MB. */
  candles(): readonly Candle[];
}

export interface Candle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** TA-Lib's parameters by the names that the registry has for them; not-a-number where an indicator has none of the name. */
export type PeerParameters = Readonly<Record<(typeof PARAMETERS)[number], number>>;

export const PARAMETERS = [
  'timeperiod',
  'nbdev',
  'nbdevup',
  'nbdevdn',
  'fast',
  'slow',
  'signal',
  'fastk',
  'fastd',
  'slowk',
  'slowd',
  'p1',
  'p2',
  'p3',
  'acceleration',
  'maximum',
  'atrperiod',
  'multiplier',
  'tenkan',
  'kijun',
  'senkou',
  'displacement',
] as const;

/** Makes the fastest documented call of a library for these bars: what is answered is what is timed. */
export type PeerCall = (bars: PeerBars, parameters: PeerParameters) => () => unknown;

/** By the name that the indicator has in the registry. */
export type PeerCalls = Readonly<Record<string, PeerCall>>;

export interface Peer {
  readonly name: string;
  readonly version: string;
  readonly calls: PeerCalls;
}

/** The numbers at the last bar of whatever a library answers: an array, arrays, an object of arrays, an array of objects. */
export function lastValues(result: unknown): readonly number[] {
  if (typeof result === 'number') return [result];
  if (typeof result !== 'object' || result === null) return [];
  if (!Array.isArray(result)) return Object.values(result).flatMap(lastValues);
  const values: readonly unknown[] = result;
  return Array.isArray(values[0]) ? values.flatMap(lastValues) : lastValues(values.at(-1));
}
