import { Bars, Indicator, bytes } from '../indicators/indicator';
import { Feature } from './feature';

/** A feature over columns of bars, bar by bar: what a strategy computes as it trades. */
export class FeatureColumn extends Indicator {
  constructor(private readonly feature: Feature) {
    super();
    this.warmUp = feature.warmUp;
  }

  run(bars: Bars, count: i32): void {
    const output = bars.output(0);
    for (let at: usize = 0; at < bytes(count); at += 8) {
      const value = this.feature.next(
        load<f64>(bars.open + at),
        load<f64>(bars.high + at),
        load<f64>(bars.low + at),
        load<f64>(bars.close + at),
        load<f64>(bars.volume + at),
      );
      store<f64>(output + at, value);
    }
  }
}
