import { Feature } from '../features/feature';
import { Bar } from '../sdk/bar';
import { features } from './carried';
import { Predictor } from './prediction';

/** One symbol as the model sees it. */
export class Observed {
  /** Of the last bar, in the order of the model. */
  readonly row: StaticArray<f64>;
  /** Bars until there is a prediction. */
  readonly warmUp: i32;
  private readonly features: StaticArray<Feature>;

  constructor() {
    const own = features();
    let first = 0;
    for (let i = 0; i < own.length; i++) first = max(first, own[i].warmUp);
    this.features = own;
    this.row = new StaticArray<f64>(own.length).fill(NaN);
    this.warmUp = first + 1;
  }

  /** Moves one bar on. What the model predicts; not-a-number where a feature has no value. */
  next(bar: Bar, predictor: Predictor): f64 {
    const open = bar.open;
    const high = bar.high;
    const low = bar.low;
    const close = bar.close;
    const volume = bar.volume;
    let isWhole = true;
    for (let i = 0; i < this.features.length; i++) {
      const value = unchecked(this.features[i]).next(open, high, low, close, volume);
      unchecked((this.row[i] = value));
      if (!isFinite(value)) isWhole = false;
    }
    return isWhole ? predictor.predict(changetype<usize>(this.row)) : NaN;
  }
}
