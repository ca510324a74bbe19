import { AtrIndicator } from './atr';
import { BollingerBandsIndicator } from './bollinger-bands';
import { EmaIndicator } from './ema';
import { Indicator, Parameters } from './indicator';
import { MacdIndicator } from './macd';
import { RsiIndicator } from './rsi';
import { SmaIndicator } from './sma';
import { Spec } from './spec';
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
  ];
}
