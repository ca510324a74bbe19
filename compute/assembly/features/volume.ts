import { MoneyFlowIndex } from '../indicators/money-flow-index';
import { Feature, change } from './feature';
import { Window } from './window';

/** Logarithms of one volume that differ by less are equal. */
const STILL: f64 = 1e-12;

/** ln(volume) less its mean, over its deviation; 0 where a volume of the window is 0 or none differs. */
export class VolumeZ extends Feature {
  private readonly logs: Window;

  constructor(period: i32) {
    super(period - 1);
    this.logs = new Window(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    const logs = this.logs;
    logs.push(Math.log(volume));
    if (!logs.isFull) return NaN;
    for (let i = 0; i < logs.period; i++) if (logs.value(i) == -Infinity) return 0;
    const mean = logs.mean();
    const deviation = logs.deviation(mean);
    return deviation < STILL ? 0 : (logs.value(logs.period - 1) - mean) / deviation;
  }
}

/** ln(mean of close · volume over `short` bars / the same over `long`); 0 where one of them is 0. */
export class TurnoverRatio extends Feature {
  private readonly money: Window;

  constructor(
    private readonly short: i32,
    private readonly long: i32,
  ) {
    super(long - 1);
    this.money = new Window(long);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    this.money.push(close * volume);
    if (!this.money.isFull) return NaN;
    const short = this.money.mean(this.long - this.short);
    const long = this.money.mean();
    return short == 0 || long == 0 ? 0 : change(short, long);
  }
}

/** Mean of |ln(close / close before)| / (close · volume), in 1e-6 of a unit of money; bars without volume count as 0. */
export class Illiquidity extends Feature {
  private readonly parts: Window;
  private before: f64 = NaN;
  private isStarted: bool = false;

  constructor(period: i32) {
    super(period);
    this.parts = new Window(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    const money = close * volume;
    const moved = change(close, this.before);
    this.before = close;
    if (this.isStarted) this.parts.push(money > 0 ? (1e6 * abs(moved)) / money : moved * 0);
    this.isStarted = true;
    return this.parts.isFull ? this.parts.mean() : NaN;
  }
}

/** Money flow index / 100. */
export class MoneyFlow extends Feature {
  private readonly index: MoneyFlowIndex;

  constructor(period: i32) {
    super(period);
    this.index = new MoneyFlowIndex(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.index.next(high, low, close, volume) / 100;
  }
}
