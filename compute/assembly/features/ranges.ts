import { BollingerBands } from '../indicators/bollinger-bands';
import { Natr } from '../indicators/natr';
import { GarmanKlassVolatility } from '../indicators/rv-garman-klass';
import { ParkinsonVolatility } from '../indicators/rv-parkinson';
import { YangZhangVolatility } from '../indicators/rv-yang-zhang';
import { Feature } from './feature';

/** Parkinson's volatility of one bar. */
export class Parkinson extends Feature {
  private readonly volatility: ParkinsonVolatility;

  constructor(period: i32) {
    super(period - 1);
    this.volatility = new ParkinsonVolatility(period, 1);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.volatility.next(high, low);
  }
}

/** Garman and Klass's, likewise. */
export class GarmanKlass extends Feature {
  private readonly volatility: GarmanKlassVolatility;

  constructor(period: i32) {
    super(period - 1);
    this.volatility = new GarmanKlassVolatility(period, 1);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.volatility.next(open, high, low, close);
  }
}

/** Yang and Zhang's, likewise. */
export class YangZhang extends Feature {
  private readonly volatility: YangZhangVolatility;

  constructor(period: i32) {
    super(period);
    this.volatility = new YangZhangVolatility(period, 1);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.volatility.next(open, high, low, close);
  }
}

/** Average true range / close. */
export class AverageRange extends Feature {
  private readonly range: Natr;

  constructor(period: i32) {
    super(period);
    this.range = new Natr(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.range.next(high, low, close) / 100;
  }
}

/** (upper − lower) / middle of Bollinger's bands. */
export class BandWidth extends Feature {
  private readonly bands: BollingerBands;

  constructor(period: i32, deviations: f64) {
    super(period - 1);
    this.bands = new BollingerBands(period, deviations, deviations);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    this.bands.next(close);
    return (this.bands.upper - this.bands.lower) / this.bands.middle;
  }
}
