import { Highest, Lowest, Order, Parameter, Strategy, choice, integer } from 'tidemark';

/** The channel of one symbol: the extremes of the bars before this one, and of those including it. */
class Channel {
  readonly highs: Highest;
  readonly lows: Lowest;
  previousHigh: f64 = NaN;
  previousLow: f64 = NaN;

  constructor(entry: i32, exit: i32) {
    this.highs = new Highest(entry);
    this.lows = new Lowest(exit);
  }
}

export default class DonchianBreakout extends Strategy {
  private entry: Parameter = integer('entry', 20, 1, 10000, 'Bars of the upper channel: buy above their highest high.');
  private exit: Parameter = integer('exit', 10, 1, 10000, 'Bars of the lower channel: sell below their lowest low.');
  private stopEntry: Parameter = choice('stopEntry', ['no', 'yes'], 'Enter by a buy stop at the channel, renewed each bar, instead of after the close.');
  private channels: Channel[] = [];
  private byStop: bool = false;

  constructor() {
    super('donchian-breakout', 'Donchian breakout', 'Buys a close above the highest high of the last bars, and sells a close below the lowest low.');
  }

  warmUp(): i32 {
    return max(this.entry.int, this.exit.int);
  }

  onStart(): void {
    this.byStop = this.stopEntry.is('yes');
    for (let symbol = 0; symbol < this.symbolCount; symbol++) this.channels.push(new Channel(this.entry.int, this.exit.int));
  }

  onBar(symbol: i32): void {
    const channel = this.channels[symbol];
    const bar = this.bar(symbol);
    const before = channel.previousHigh;
    const lowBefore = channel.previousLow;
    const high = channel.highs.next(bar.high);
    channel.previousHigh = high;
    channel.previousLow = channel.lows.next(bar.low);
    if (bar.held > 0) {
      if (bar.close < lowBefore) this.target(symbol, 0, 'close below the lower channel');
    } else if (this.byStop) {
      if (high == high) this.renewStop(symbol, high);
    } else if (bar.close > before) {
      this.target(symbol, 1, 'close above the upper channel');
    }
  }

  private renewStop(symbol: i32, high: f64): void {
    if (this.working(symbol) > 0) this.cancelAll(symbol, 'the channel has moved');
    this.submit(Order.stop(symbol, 1, high).byExposure(), 'buy stop at the upper channel');
  }
}
