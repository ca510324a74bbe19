import { rightCode, runChain, termColumns, type ChainTerms, type Column, type NamedColumn, type OptionRight } from './options-chain.ts';
import { instantiateOptions, type OptionsModule } from './options-module.ts';
import { BAD_INPUTS, OptionError, optionStatus, type NoVolatility } from './options-status.ts';

export type { ChainTerms, Column, OptionRight } from './options-chain.ts';
export { OPTION_STATUSES, OptionError, optionStatus, type NoVolatility, type OptionField, type OptionStatus } from './options-status.ts';

/** One option. Rates are continuously compounded, per year: 0.05 is 5 %. */
export interface OptionTerms {
  readonly right: OptionRight;
  readonly spot: number;
  readonly strike: number;
  /** To expiry. */
  readonly years: number;
  readonly rate: number;
  readonly dividendYield: number;
}

export type PricedOption = OptionTerms & { readonly volatility: number };
export type QuotedOption = OptionTerms & { readonly price: number };
export type PricedChain = ChainTerms & { readonly volatility: Column };
export type QuotedChain = ChainTerms & { readonly price: Column };

const EUROPEAN = ['price', 'delta', 'gamma', 'vega', 'theta', 'rho', 'phi', 'vanna', 'volga', 'charm'] as const;
const AMERICAN = ['price', 'delta', 'gamma'] as const;
const IMPLIED = ['volatility', 'relativeUncertainty'] as const;

/**
 * The price and its sensitivities: delta to the spot, gamma delta's to the spot, vega to the volatility, theta to the passing of time,
 * rho to the rate, phi to the dividend yield; vanna is delta's to the volatility, volga vega's to the volatility, charm delta's to the
 * passing of time. Per 1.00 of volatility, rate and yield, and per year.
 */
export type EuropeanValue = Readonly<Record<(typeof EUROPEAN)[number], number>>;
export type AmericanValue = Readonly<Record<(typeof AMERICAN)[number], number>>;

/** The relative uncertainty is what one unit in the last place of the inputs changes. */
export type ImpliedVolatility =
  | { readonly ok: true; readonly volatility: number; readonly relativeUncertainty: number }
  | { readonly ok: false; readonly reason: NoVolatility };

/** One value a row; not-a-number, with the reason in `status`, where a row has none. */
type Columns<K extends string> = Readonly<Record<K, Float64Array>> & {
  /** See {@link optionStatus}. */
  readonly status: Uint8Array;
};
export type EuropeanColumns = Columns<(typeof EUROPEAN)[number]>;
export type AmericanColumns = Columns<(typeof AMERICAN)[number]>;
export type ImpliedColumns = Columns<(typeof IMPLIED)[number]>;

export interface TreeOptions {
  /** A whole number from 2 to 10,000; 1,000 when absent. Leisen and Reimer's tree takes the next odd number. */
  readonly steps?: number;
  /** `cox-ross-rubinstein` when absent. */
  readonly tree?: 'cox-ross-rubinstein' | 'leisen-reimer';
}

/**
 * Option prices of the compute core. Of single options, bad inputs throw {@link OptionError}; of a chain they are said in `status`, and
 * only columns of different lengths and a bad tree throw.
 */
export interface Options {
  /** Black–Scholes–Merton with a continuous dividend yield. */
  european(option: PricedOption): EuropeanValue;
  europeanChain(chain: PricedChain): EuropeanColumns;
  /** The volatility at which the European price is the quoted one, or why there is none that the price determines. */
  impliedVolatility(option: QuotedOption): ImpliedVolatility;
  impliedVolatilityChain(chain: QuotedChain): ImpliedColumns;
  /** By a binomial tree, with exercise at every node. Throws where so many steps cannot follow the volatility: see docs/options.md. */
  american(option: PricedOption, tree?: TreeOptions): AmericanValue;
  americanChain(chain: PricedChain, tree?: TreeOptions): AmericanColumns;
  /** The standard normal distribution function, accurate in both tails. */
  cumulativeNormal(z: number): number;
}

const STEPS = 1_000;

function checkedTree(module: OptionsModule, options: TreeOptions): readonly [number, number] {
  const { steps = STEPS, tree = 'cox-ross-rubinstein' } = options;
  const least = module.functions.stepsMin();
  const most = module.functions.stepsMax();
  if (!Number.isInteger(steps) || steps < least || steps > most)
    throw new OptionError('steps', steps, `a whole number from ${least} to ${most}`);
  if (tree !== 'cox-ross-rubinstein' && tree !== 'leisen-reimer')
    throw new OptionError('tree', tree, 'cox-ross-rubinstein or leisen-reimer');
  return [steps, Number(tree === 'leisen-reimer')];
}

function named<K extends string>(names: readonly K[], outputs: readonly Float64Array[]): Readonly<Record<K, Float64Array>> {
  return Object.fromEntries(names.map((name, index) => [name, outputs[index]])) as Record<K, Float64Array>;
}

/** Runs one row and answers its status; throws where an input is bad. */
function runOne(module: OptionsModule, option: OptionTerms, last: number, run: (rows: number) => void): number {
  const { right, spot, strike, years, rate, dividendYield } = option;
  for (const [index, value] of [rightCode(right), spot, strike, years, rate, dividendYield, last].entries()) {
    const column = module.inputs[index];
    if (column !== undefined) column[0] = value;
  }
  run(1);
  const status = module.status[0] ?? 0;
  const bad = BAD_INPUTS[optionStatus(status)];
  if (bad !== undefined) throw new OptionError(bad[0], { ...option, volatility: last, price: last, steps: 0, tree: '' }[bad[0]], bad[1]);
  return status;
}

function first<K extends string>(module: OptionsModule, names: readonly K[]): Readonly<Record<K, number>> {
  return Object.fromEntries(names.map((name, index) => [name, module.outputs[index]?.[0]])) as Record<K, number>;
}

function unstable(option: PricedOption, steps: number): OptionError {
  const why = 'its probabilities would not lie between 0 and 1, or its top would be no number';
  const message = `A tree of ${steps} steps cannot follow a volatility of ${option.volatility} here: ${why}.`;
  return new OptionError('volatility', option.volatility, `one that a tree of ${steps} steps can follow`, message);
}

/** Takes the bytes of `compute/build/options.wasm`, or what they compile to. Runs in Node and in the browser. */
export async function loadOptions(wasm: BufferSource | WebAssembly.Module): Promise<Options> {
  const module = instantiateOptions(wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm));
  const { european, implied, american, cumulative } = module.functions;
  const chainOf = <K extends string>(
    terms: ChainTerms,
    last: NamedColumn,
    names: readonly K[],
    run: (rows: number) => void,
  ): Columns<K> => {
    const { status, outputs } = runChain(module, [...termColumns(terms), last], names.length, run);
    return { status, ...named(names, outputs) };
  };
  return {
    european: (option) => {
      runOne(module, option, option.volatility, european);
      return first(module, EUROPEAN);
    },
    europeanChain: (chain) => chainOf(chain, ['volatility', chain.volatility], EUROPEAN, european),
    impliedVolatility: (option) => {
      const status = runOne(module, option, option.price, implied);
      return status === 0 ? { ok: true, ...first(module, IMPLIED) } : { ok: false, reason: optionStatus(status) as NoVolatility };
    },
    impliedVolatilityChain: (chain) => chainOf(chain, ['price', chain.price], IMPLIED, implied),
    american: (option, tree = {}) => {
      const [steps, kind] = checkedTree(module, tree);
      if (runOne(module, option, option.volatility, (rows) => american(rows, steps, kind)) !== 0) throw unstable(option, steps);
      return first(module, AMERICAN);
    },
    americanChain: (chain, tree = {}) => {
      const [steps, kind] = checkedTree(module, tree);
      return chainOf(chain, ['volatility', chain.volatility], AMERICAN, (rows) => american(rows, steps, kind));
    },
    cumulativeNormal: (z) => cumulative(z),
  };
}
