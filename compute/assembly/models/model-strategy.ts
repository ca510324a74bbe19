import { Strategy } from '../sdk/strategy';
import { model } from './carried';
import { Observed } from './observed';
import { predictorAt } from './predictor';

/** What the model's figure comes to at a bar. The host knows the same numbers. */
export const UNKNOWN: i32 = 0;
export const ABSTAIN: i32 = 1;
export const LONG: i32 = 2;
export const SHORT: i32 = 3;
export const OUT: i32 = 4;

/** The model never changes: a fresh strategy in the same memory shares it. */
const predictor = predictorAt(model);

/** A strategy that decides by the model that its module carries. */
export abstract class ModelStrategy extends Strategy {
  protected readonly observed: Observed[] = [];
  /** By symbol: what the model says of its bar in this slice; not-a-number where it has none, or a feature has no value. */
  protected readonly scores: f64[] = [];
  /** The last verdict that led to a decision. */
  protected readonly decided: i32[] = [];

  onStart(): void {
    for (let symbol = 0; symbol < this.symbolCount; symbol++) {
      this.observed.push(new Observed());
      this.scores.push(NaN);
      this.decided.push(UNKNOWN);
    }
  }

  warmUp(): i32 {
    return this.observed[0].warmUp;
  }

  onBars(): void {
    for (let symbol = 0; symbol < this.symbolCount; symbol++) {
      this.scores[symbol] = this.hasBar(symbol) ? this.observed[symbol].next(this.bar(symbol), predictor) : NaN;
    }
    this.decide();
  }

  /** After the scores of a slice. */
  protected abstract decide(): void;

  /** What the score of a symbol comes to in this slice, whatever was decided before: UNKNOWN where it has none. */
  abstract verdictOf(symbol: i32): i32;

  /** Why, in words that name the figure. */
  abstract reasonOf(symbol: i32): string;

  rowOf(symbol: i32): usize {
    return changetype<usize>(this.observed[symbol].row);
  }

  scoreOf(symbol: i32): f64 {
    return this.scores[symbol];
  }

  /** Whether the model's members can disagree. */
  protected get isEnsemble(): bool {
    return predictor.isEnsemble;
  }

  /** How far the members of an ensemble lie apart at the symbol's last bar. */
  protected spreadOf(symbol: i32): f64 {
    return predictor.spread(this.rowOf(symbol));
  }
}

/** To four places. */
export function figure(value: f64): string {
  return (Math.round(value * 10000) / 10000).toString();
}
