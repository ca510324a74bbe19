import { Parameter, Rsi, Strategy, integer, number } from 'tidemark';

export default class RsiReversion extends Strategy {
  private period: Parameter = integer('period', 14, 2, 10000, 'Bars of the relative strength index (Wilder).');
  private low: Parameter = number('low', 30, 0, 100, 'Buy while flat below this.');
  private high: Parameter = number('high', 70, 0, 100, 'Sell while long above this.');
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
    const rsi = this.symbols[symbol].next(this.bar(symbol).close);
    const position = this.position(symbol);
    if (position == 0 && rsi < this.low.value) this.target(symbol, 1, 'oversold');
    else if (position > 0 && rsi > this.high.value) this.target(symbol, 0, 'overbought');
  }
}
