import { Autocorrelation, ExtremeReturn, Kurtosis, Skew } from './distribution';
import { Feature } from './feature';
import { Channel, CloseZ, Stochastic, Strength } from './oscillators';
import { AverageRange, BandWidth, GarmanKlass, Parkinson, YangZhang } from './ranges';
import { Body, Gap, PastReturn, Return } from './returns';
import { AboveLow, Aroon, AverageGap, BelowHigh, Directional, Fractional, MacdHistogram, Persistence, Slope } from './trend';
import { DownShare, MeanRange, Volatility, VolatilityRatio } from './volatility';
import { Illiquidity, MoneyFlow, TurnoverRatio, VolumeZ } from './volume';

export class FeatureEntry {
  constructor(
    readonly name: string,
    /** Raised when the same bars would give other values. */
    readonly version: i32,
    readonly create: () => Feature,
  ) {}
}

/**
 * Every feature, one a line, which says how it is made: strategies that carry a model take its words from here. What each means stands in the
 * host's registry. Made anew for each use, because the heap is emptied between uses.
 */
export function features(): StaticArray<FeatureEntry> {
  return [
    new FeatureEntry('return_1', 2, () => new Return(1)),
    new FeatureEntry('return_2', 2, () => new Return(2)),
    new FeatureEntry('return_5', 2, () => new Return(5)),
    new FeatureEntry('return_10', 2, () => new Return(10)),
    new FeatureEntry('return_21', 2, () => new Return(21)),
    new FeatureEntry('return_63', 2, () => new Return(63)),
    new FeatureEntry('return_126', 2, () => new Return(126)),
    new FeatureEntry('return_252', 2, () => new Return(252)),
    new FeatureEntry('momentum_252_21', 2, () => new PastReturn(252, 21)),
    new FeatureEntry('gap', 2, () => new Gap()),
    new FeatureEntry('body', 2, () => new Body()),
    new FeatureEntry('volatility_5', 2, () => new Volatility(5)),
    new FeatureEntry('volatility_21', 2, () => new Volatility(21)),
    new FeatureEntry('volatility_63', 2, () => new Volatility(63)),
    new FeatureEntry('volatility_ratio_5_63', 2, () => new VolatilityRatio(5, 63)),
    new FeatureEntry('range_5', 2, () => new MeanRange(5)),
    new FeatureEntry('down_share_21', 2, () => new DownShare(21)),
    new FeatureEntry('skew_63', 2, () => new Skew(63)),
    new FeatureEntry('kurtosis_63', 2, () => new Kurtosis(63)),
    new FeatureEntry('autocorrelation_21', 2, () => new Autocorrelation(21)),
    new FeatureEntry('maximum_21', 2, () => new ExtremeReturn(21, 1)),
    new FeatureEntry('minimum_21', 2, () => new ExtremeReturn(21, -1)),
    new FeatureEntry('volume_z_20', 2, () => new VolumeZ(20)),
    new FeatureEntry('turnover_ratio_5_63', 2, () => new TurnoverRatio(5, 63)),
    new FeatureEntry('illiquidity_21', 2, () => new Illiquidity(21)),
    new FeatureEntry('sma_gap_20', 1, () => new AverageGap(20)),
    new FeatureEntry('sma_gap_50', 1, () => new AverageGap(50)),
    new FeatureEntry('sma_gap_200', 1, () => new AverageGap(200)),
    new FeatureEntry('macd_12_26_9', 1, () => new MacdHistogram(12, 26, 9)),
    new FeatureEntry('adx_14', 1, () => new Directional(14)),
    new FeatureEntry('aroon_25', 1, () => new Aroon(25)),
    new FeatureEntry('slope_21', 1, () => new Slope(21)),
    new FeatureEntry('below_high_252', 1, () => new BelowHigh(252)),
    new FeatureEntry('above_low_252', 1, () => new AboveLow(252)),
    new FeatureEntry('fractional_100', 1, () => new Fractional(0.4, 100)),
    new FeatureEntry('hurst_100', 1, () => new Persistence(100)),
    new FeatureEntry('parkinson_21', 1, () => new Parkinson(21)),
    new FeatureEntry('garman_klass_21', 1, () => new GarmanKlass(21)),
    new FeatureEntry('yang_zhang_21', 1, () => new YangZhang(21)),
    new FeatureEntry('natr_14', 1, () => new AverageRange(14)),
    new FeatureEntry('band_width_20', 1, () => new BandWidth(20, 2)),
    new FeatureEntry('rsi_2', 1, () => new Strength(2)),
    new FeatureEntry('rsi_14', 1, () => new Strength(14)),
    new FeatureEntry('stochastic_14', 1, () => new Stochastic(14, 3, 3)),
    new FeatureEntry('cci_20', 1, () => new Channel(20)),
    new FeatureEntry('close_z_20', 1, () => new CloseZ(20)),
    new FeatureEntry('money_flow_14', 1, () => new MoneyFlow(14)),
  ];
}
