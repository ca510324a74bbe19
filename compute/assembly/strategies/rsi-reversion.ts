import { Parameter, Rsi, Strategy, integer, number } from 'tidemark';

export default class RsiReversion extends Strategy {
  private period: Parameter = integer('period', 14, 2, 10000, 'Bars of the relative strength index (Wilder).');
  private low: Parameter = number('low', 30, 0, 100, 'Buy while flat below this.');
  private high: Parameter = number('high', 70, 0, 100, 'Sell while long above this.');
  private stopLoss: Parameter = number('stopLoss', 0, 0, 0.99, 'Stop this fraction below the signal close; 0 for none. Exits are then by stop and target only.');
  private takeProfit: Parameter = number('takeProfit', 0, 0, 10, 'Take profit this fraction above the signal close; 0 for none.');
  private symbols: Rsi[] = [];

  constructor() {
    super('rsi-reversion', 'RSI reversion', 'Buys when the relative strength index says oversold, and sells when it says overbought.');
  }

  check(): string {
    return this.low.value < this.high.value ? '' : 'low is smaller than high';
  }

  warmUp(): i32 {
    return this.period.int;
  }

  onStart(): void {
    for (let symbol = 0; symbol < this.symbolCount; symbol++) this.symbols.push(new Rsi(this.period.int));
  }

  onBar(symbol: i32): void {
    const close = this.bar(symbol).close;
    const rsi = this.symbols[symbol].next(close);
    const position = this.position(symbol);
    if (position == 0) {
      if (rsi < this.low.value) this.enter(symbol, close);
    } else if (position > 0 && rsi > this.high.value && !this.isProtected) {
      this.target(symbol, 0, 'overbought');
    }
  }

  private get isProtected(): bool {
    return this.stopLoss.value > 0 || this.takeProfit.value > 0;
  }

  private enter(symbol: i32, close: f64): void {
    const stop: f64 = this.stopLoss.value > 0 ? close * (1 - this.stopLoss.value) : NaN;
    const profit: f64 = this.takeProfit.value > 0 ? close * (1 + this.takeProfit.value) : NaN;
    this.target(symbol, 1, 'oversold', stop, profit);
  }
}
