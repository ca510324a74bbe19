import { AtrIndicator } from './atr';
import { BollingerBandsIndicator } from './bollinger-bands';
import { CmoIndicator } from './cmo';
import { DemaIndicator } from './dema';
import { EmaIndicator } from './ema';
import { Indicator, Parameters } from './indicator';
import { KamaIndicator } from './kama';
import { LinearRegressionIndicator } from './linear-regression';
import { LinearRegressionSlopeIndicator } from './linear-regression-slope';
import { MacdIndicator } from './macd';
import { HighestIndicator } from './maximum';
import { LowestIndicator } from './minimum';
import { MomentumIndicator } from './momentum';
import { PpoIndicator } from './ppo';
import { RocIndicator } from './roc';
import { RsiIndicator } from './rsi';
import { SmaIndicator } from './sma';
import { Spec } from './spec';
import { DeviationIndicator } from './stddev';
import { StochasticIndicator } from './stochastic';
import { StochasticRsiIndicator } from './stochastic-rsi';
import { TemaIndicator } from './tema';
import { TrimaIndicator } from './trima';
import { TrixIndicator } from './trix';
import { VarianceIndicator } from './variance';
import { WmaIndicator } from './wma';

export class Entry {
  constructor(
    readonly describe: (spec: Spec) => void,
    readonly create: (parameters: Parameters) => Indicator,
  ) {}
}

/**
 * Every indicator, one a line. To add one: a file with a class for streams (`next`) and batches (`run`, the same bits), and an `Indicator` around
 * it that describes itself; then its line here. Its laws, its columns in files and its place in every menu follow from the line.
 * Made anew for each use, because the heap is emptied between uses.
 */
export function registry(): StaticArray<Entry> {
  return [
    new Entry(SmaIndicator.describe, (p) => new SmaIndicator(p)),
    new Entry(EmaIndicator.describe, (p) => new EmaIndicator(p)),
    new Entry(RsiIndicator.describe, (p) => new RsiIndicator(p)),
    new Entry(MacdIndicator.describe, (p) => new MacdIndicator(p)),
    new Entry(BollingerBandsIndicator.describe, (p) => new BollingerBandsIndicator(p)),
    new Entry(AtrIndicator.describe, (p) => new AtrIndicator(p)),
    new Entry(StochasticIndicator.describe, (p) => new StochasticIndicator(p)),
    new Entry(WmaIndicator.describe, (p) => new WmaIndicator(p)),
    new Entry(DemaIndicator.describe, (p) => new DemaIndicator(p)),
    new Entry(TemaIndicator.describe, (p) => new TemaIndicator(p)),
    new Entry(TrimaIndicator.describe, (p) => new TrimaIndicator(p)),
    new Entry(KamaIndicator.describe, (p) => new KamaIndicator(p)),
    new Entry(CmoIndicator.describe, (p) => new CmoIndicator(p)),
    new Entry(RocIndicator.describe, (p) => new RocIndicator(p)),
    new Entry(MomentumIndicator.describe, (p) => new MomentumIndicator(p)),
    new Entry(TrixIndicator.describe, (p) => new TrixIndicator(p)),
    new Entry(LinearRegressionIndicator.describe, (p) => new LinearRegressionIndicator(p)),
    new Entry(LinearRegressionSlopeIndicator.describe, (p) => new LinearRegressionSlopeIndicator(p)),
    new Entry(LowestIndicator.describe, (p) => new LowestIndicator(p)),
    new Entry(HighestIndicator.describe, (p) => new HighestIndicator(p)),
    new Entry(DeviationIndicator.describe, (p) => new DeviationIndicator(p)),
    new Entry(VarianceIndicator.describe, (p) => new VarianceIndicator(p)),
    new Entry(PpoIndicator.describe, (p) => new PpoIndicator(p)),
    new Entry(StochasticRsiIndicator.describe, (p) => new StochasticRsiIndicator(p)),
  ];
}
