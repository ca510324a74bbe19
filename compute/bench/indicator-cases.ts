import type { IndicatorSpec } from '../host/types.ts';
import { PARAMETERS, type PeerParameters } from './peers/peer.ts';

/** An indicator with parameters, and the ratio to the copy of one column that is asked of it, if any. */
export interface IndicatorCase {
  readonly name: string;
  readonly label: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly goal: number | null;
}

/** Copying one column of doubles took as long, in nanoseconds a bar, on the machine that the goals were set on. */
export const COPY_NS = 1.9;

/** TA-Lib's own defaults. What is not here has the defaults of the registry. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ...Object.fromEntries(
    ['SMA', 'EMA', 'WMA', 'DEMA', 'TEMA', 'TRIMA', 'KAMA', 'TRIX', 'MIN', 'MAX'].map((name) => [name, { timeperiod: 30 }]),
  ),
  ...Object.fromEntries(['ROC', 'MOM'].map((name) => [name, { timeperiod: 10 }])),
  ...Object.fromEntries(
    [
      'RSI',
      'CMO',
      'LINEARREG',
      'LINEARREG_SLOPE',
      'ATR',
      'NATR',
      'ADX',
      'PLUS_DI',
      'MINUS_DI',
      'CCI',
      'WILLR',
      'MFI',
      'AROON',
      'AROONOSC',
    ].map((name) => [name, { timeperiod: 14 }]),
  ),
  STDDEV: { timeperiod: 5, nbdev: 1 },
  VAR: { timeperiod: 5, nbdev: 1 },
  BBANDS: { timeperiod: 5, nbdevup: 2, nbdevdn: 2, matype: 0 },
  MACD: { fast: 12, slow: 26, signal: 9 },
  // Exponential, unlike TA-Lib's default: the libraries beside it know no other.
  PPO: { fast: 12, slow: 26, matype: 1 },
  STOCHRSI: { timeperiod: 14, fastk: 5, fastd: 3, fastd_matype: 0 },
  STOCH: { fastk: 5, slowk: 3, slowk_matype: 0, slowd: 3, slowd_matype: 0 },
  ULTOSC: { p1: 7, p2: 14, p3: 28 },
  SAR: { acceleration: 0.02, maximum: 0.2 },
};

/** Nanoseconds a bar that the design asks for, on the machine of {@link COPY_NS}. */
const GOALS: readonly (readonly [string, Readonly<Record<string, number>>, number])[] = [
  ['SMA', { timeperiod: 20 }, 2.5],
  ['EMA', { timeperiod: 20 }, 2.5],
  ['RSI', { timeperiod: 14 }, 4],
  ['MACD', { fast: 12, slow: 26, signal: 9 }, 5],
  ['BBANDS', { timeperiod: 20, nbdevup: 2, nbdevdn: 2 }, 6],
  ['ATR', { timeperiod: 14 }, 5],
  ['STOCH', { fastk: 14, slowk: 3, slowd: 3 }, 10],
  ['ADX', { timeperiod: 14 }, 11],
  ['MAX', { timeperiod: 20 }, 4.5],
  ['MAX', { timeperiod: 200 }, 5],
  ['STDDEV', { timeperiod: 20, nbdev: 1 }, 4.5],
  ['LINEARREG', { timeperiod: 14 }, 4.5],
  ['LINEARREG', { timeperiod: 100 }, 4.5],
];

function resolve({ name, parameters }: IndicatorSpec, given: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const known = DEFAULTS[name] ?? {};
  return Object.fromEntries(parameters.map((each) => [each.name, given[each.name] ?? known[each.name] ?? each.default]));
}

/** `MACD 12 26 9`: kinds of averages, of which there is one an indicator here, are left out. */
function labelOf(name: string, parameters: Readonly<Record<string, number>>): string {
  const shown = Object.entries(parameters).filter(([parameter]) => !parameter.endsWith('matype'));
  return [name, ...shown.map(([, value]) => value)].join(' ');
}

function caseOf(spec: IndicatorSpec, given: Readonly<Record<string, number>>, goalNs: number | null): IndicatorCase {
  const parameters = resolve(spec, given);
  return { name: spec.name, label: labelOf(spec.name, parameters), parameters, goal: goalNs === null ? null : goalNs / COPY_NS };
}

/** Every indicator of the registry as TA-Lib has it by default, and as the design sets goals for it; each case once. */
export function indicatorCases(specs: readonly IndicatorSpec[]): readonly IndicatorCase[] {
  return specs.flatMap((spec) => {
    const goals = GOALS.filter(([name]) => name === spec.name).map(([, given, goalNs]) => caseOf(spec, given, goalNs));
    const plain = caseOf(spec, {}, null);
    return goals.some(({ label }) => label === plain.label) ? goals : [plain, ...goals];
  });
}

/** For the libraries of others, which take numbers only. */
export function peerParameters(parameters: Readonly<Record<string, number>>): PeerParameters {
  return Object.fromEntries(PARAMETERS.map((name) => [name, parameters[name] ?? Number.NaN])) as PeerParameters;
}
