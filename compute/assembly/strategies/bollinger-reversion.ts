import { BollingerBands, Parameter, Strategy, integer, number } from 'tidemark';

export default class BollingerReversion extends Strategy {
  private period: Parameter = integer('period', 20, 2, 10000, 'Bars of the bands.');
  private deviations: Parameter = number('deviations', 2, 0.01, 20, 'Standard deviations (population) from the average to each band.');
  private symbols: BollingerBands[] = [];

  constructor() {
    super('bollinger-reversion', 'Bollinger reversion', 'Buys a close below the lower band, and sells a close above the average.');
  }

  warmUp(): i32 {
    return this.period.int;
  }

  onStart(): void {
    const deviations = this.deviations.value;
    for (let symbol = 0; symbol < this.symbolCount; symbol++) {
      this.symbols.push(new BollingerBands(this.period.int, deviations, deviations));
    }
  }

  onBar(symbol: i32): void {
    const bands = this.symbols[symbol];
    const close = this.bar(symbol).close;
    bands.next(close);
    const position = this.position(symbol);
    if (position == 0 && close < bands.lower) this.target(symbol, 1, 'below the lower band');
    else if (position > 0 && close > bands.middle) this.target(symbol, 0, 'back above the average');
  }
}
