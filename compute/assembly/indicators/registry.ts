import { AdxIndicator } from './adx';
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
import { BetaIndicator } from './beta';
import { ChandelierIndicator } from './chandelier';
import { CorrelationIndicator } from './correlation';
import { DonchianIndicator } from './donchian';
import { FractionalDifferenceIndicator } from './fractional-difference';
import { HeikinAshiIndicator } from './heikin-ashi';
import { HurstIndicator } from './hurst';
import { IchimokuIndicator } from './ichimoku';
import { KeltnerIndicator } from './keltner';
import { CloseVolatilityIndicator } from './rv-close';
import { GarmanKlassVolatilityIndicator } from './rv-garman-klass';
import { ParkinsonVolatilityIndicator } from './rv-parkinson';
import { YangZhangVolatilityIndicator } from './rv-yang-zhang';
import { SupertrendIndicator } from './supertrend';
import { VolumeProfileIndicator } from './volume-profile';
import { VwapIndicator } from './vwap';
import { ZScoreIndicator } from './z-score';
import { TrueRangeIndicator } from './true-range';
import { NatrIndicator } from './natr';
import { PlusDiIndicator } from './plus-di';
import { MinusDiIndicator } from './minus-di';
import { ParabolicSarIndicator } from './parabolic-sar';
import { OnBalanceVolumeIndicator } from './on-balance-volume';
import { AccumulationDistributionIndicator } from './accumulation-distribution';
import { WilliamsRIndicator } from './williams-r';
import { MoneyFlowIndexIndicator } from './money-flow-index';
import { UltimateOscillatorIndicator } from './ultimate-oscillator';
import { AroonIndicator } from './aroon';
import { AroonOscillatorIndicator } from './aroon-oscillator';
import { CciIndicator } from './cci';
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
    new Entry(VwapIndicator.describe, (p) => new VwapIndicator(p)),
    new Entry(KeltnerIndicator.describe, (p) => new KeltnerIndicator(p)),
    new Entry(DonchianIndicator.describe, (p) => new DonchianIndicator(p)),
    new Entry(SupertrendIndicator.describe, (p) => new SupertrendIndicator(p)),
    new Entry(IchimokuIndicator.describe, (p) => new IchimokuIndicator(p)),
    new Entry(HeikinAshiIndicator.describe, (p) => new HeikinAshiIndicator(p)),
    new Entry(ZScoreIndicator.describe, (p) => new ZScoreIndicator(p)),
    new Entry(CorrelationIndicator.describe, (p) => new CorrelationIndicator(p)),
    new Entry(BetaIndicator.describe, (p) => new BetaIndicator(p)),
    new Entry(HurstIndicator.describe, (p) => new HurstIndicator(p)),
    new Entry(ChandelierIndicator.describe, (p) => new ChandelierIndicator(p)),
    new Entry(VolumeProfileIndicator.describe, (p) => new VolumeProfileIndicator(p)),
    new Entry(CloseVolatilityIndicator.describe, (p) => new CloseVolatilityIndicator(p)),
    new Entry(ParkinsonVolatilityIndicator.describe, (p) => new ParkinsonVolatilityIndicator(p)),
    new Entry(GarmanKlassVolatilityIndicator.describe, (p) => new GarmanKlassVolatilityIndicator(p)),
    new Entry(YangZhangVolatilityIndicator.describe, (p) => new YangZhangVolatilityIndicator(p)),
    new Entry(FractionalDifferenceIndicator.describe, (p) => new FractionalDifferenceIndicator(p)),
    new Entry(TrueRangeIndicator.describe, (p) => new TrueRangeIndicator(p)),
    new Entry(NatrIndicator.describe, (p) => new NatrIndicator(p)),
    new Entry(AdxIndicator.describe, (p) => new AdxIndicator(p)),
    new Entry(PlusDiIndicator.describe, (p) => new PlusDiIndicator(p)),
    new Entry(MinusDiIndicator.describe, (p) => new MinusDiIndicator(p)),
    new Entry(ParabolicSarIndicator.describe, (p) => new ParabolicSarIndicator(p)),
    new Entry(OnBalanceVolumeIndicator.describe, (p) => new OnBalanceVolumeIndicator(p)),
    new Entry(AccumulationDistributionIndicator.describe, (p) => new AccumulationDistributionIndicator(p)),
    new Entry(WilliamsRIndicator.describe, (p) => new WilliamsRIndicator(p)),
    new Entry(MoneyFlowIndexIndicator.describe, (p) => new MoneyFlowIndexIndicator(p)),
    new Entry(UltimateOscillatorIndicator.describe, (p) => new UltimateOscillatorIndicator(p)),
    new Entry(AroonIndicator.describe, (p) => new AroonIndicator(p)),
    new Entry(AroonOscillatorIndicator.describe, (p) => new AroonOscillatorIndicator(p)),
    new Entry(CciIndicator.describe, (p) => new CciIndicator(p)),
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
