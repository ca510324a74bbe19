import { History, Parameter, Strategy, integer, number } from 'tidemark';

/** Deviations up to this are rounding of logarithms: nothing moves. */
const STILL: f64 = 1e-12;

export default class Pairs extends Strategy {
  private period: Parameter = integer('period', 60, 3, 10000, 'Bars that the spread is measured over.');
  private entry: Parameter = number('entry', 2, 0.1, 20, 'Enter where the spread is so many standard deviations from its mean.');
  private exit: Parameter = number('exit', 0.5, 0, 20, 'Leave where it has come back to so many.');
  private stop: Parameter = number('stop', 4, 0.1, 40, 'Leave where it has gone on to so many.');
  private first: History = new History(1);
  private second: History = new History(1);
  /** 1 long the spread, -1 short, 0 out. */
  private side: i32 = 0;
  private isStopped: bool = false;

  constructor() {
    super('pairs', 'Pairs', 'Buys the first symbol against the second where their spread of logarithms is low, sells it where it is high.');
  }

  check(): string {
    if (!(this.exit.value < this.entry.value)) return 'exit is smaller than entry';
    return this.entry.value < this.stop.value ? '' : 'entry is smaller than stop';
  }

  warmUp(): i32 {
    return this.period.int;
  }

  onStart(): void {
    this.first = new History(this.period.int);
    this.second = new History(this.period.int);
  }

  onBars(): void {
    if (this.symbolCount != 2) throw new RangeError('pairs trades exactly two symbols');
    if (!this.hasBar(0) || !this.hasBar(1)) return;
    this.first.push(Math.log(this.bar(0).close));
    this.second.push(Math.log(this.bar(1).close));
    if (!this.first.isFull) return;
    this.decide(this.zScore());
  }

  /**
   * Of the newest residual of the regression of the first logarithm on the second over the window, in units of its sample standard
   * deviation; 0 where nothing moves.
   */
  private zScore(): f64 {
    const count = this.period.int;
    let meanX: f64 = 0;
    let meanY: f64 = 0;
    for (let back = 0; back < count; back++) {
      meanX += this.second.ago(back);
      meanY += this.first.ago(back);
    }
    meanX /= f64(count);
    meanY /= f64(count);
    let xx: f64 = 0;
    let xy: f64 = 0;
    let yy: f64 = 0;
    for (let back = 0; back < count; back++) {
      const x = this.second.ago(back) - meanX;
      const y = this.first.ago(back) - meanY;
      xx += x * x;
      xy += x * y;
      yy += y * y;
    }
    const slope = xx > f64(count) * STILL * STILL ? xy / xx : 0;
    const deviation = Math.sqrt(max(0, yy - slope * xy) / f64(count - 2));
    const residual = this.first.ago(0) - meanY - slope * (this.second.ago(0) - meanX);
    return deviation > STILL ? residual / deviation : 0;
  }

  private decide(z: f64): void {
    const distance = Math.abs(z);
    if (this.side == 0) {
      // After a stop the spread must come back before it is traded again.
      if (distance <= this.exit.value) this.isStopped = false;
      if (!this.isStopped && distance >= this.entry.value && distance < this.stop.value) this.take(z < 0 ? 1 : -1);
      return;
    }
    const isBack = this.side > 0 ? z >= -this.exit.value : z <= this.exit.value;
    if (isBack) this.leave('the spread has come back');
    else if (distance >= this.stop.value) {
      this.isStopped = true;
      this.leave('the spread has gone too far');
    }
  }

  private take(side: i32): void {
    this.side = side;
    const reason = side > 0 ? 'the spread is low' : 'the spread is high';
    this.target(0, 0.5 * f64(side), reason);
    this.target(1, -0.5 * f64(side), reason);
  }

  private leave(reason: string): void {
    this.side = 0;
    this.target(0, 0, reason);
    this.target(1, 0, reason);
  }
}
