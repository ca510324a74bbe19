import { History, Parameter, Strategy, integer, number } from 'tidemark';

export default class VolatilityTargeting extends Strategy {
  private period: Parameter = integer('period', 20, 2, 10000, 'Returns that volatility is measured over.');
  private volatility: Parameter = number('volatility', 0.1, 0.001, 5, 'Volatility a year to aim at, for each symbol.');
  private most: Parameter = number('most', 1, 0.01, 1, 'Greatest exposure of a symbol.');
  private band: Parameter = number('band', 0.1, 0, 1, 'Trade only where the exposure is off by more than this.');
  private periodsPerYear: Parameter = number('periodsPerYear', 252, 1, 1000000, 'Bars a year.');
  private returns: History[] = [];
  private closes: f64[] = [];
  private exposures: f64[] = [];

  constructor() {
    super('volatility-targeting', 'Volatility targeting', 'Always long, by as much as keeps volatility near a target: less in rough markets.');
  }

  warmUp(): i32 {
    return this.period.int + 1;
  }

  onStart(): void {
    for (let symbol = 0; symbol < this.symbolCount; symbol++) {
      this.returns.push(new History(this.period.int));
      this.closes.push(NaN);
      this.exposures.push(0);
    }
  }

  onBar(symbol: i32): void {
    const close = this.bar(symbol).close;
    const before = this.closes[symbol];
    this.closes[symbol] = close;
    if (before != before) return;
    const returns = this.returns[symbol];
    returns.push(close / before - 1);
    if (!returns.isFull) return;
    const realised = this.annualised(returns);
    // A market that does not move is held in full: there is nothing to be afraid of that could be measured.
    const wanted = realised > 0 ? min(this.most.value, this.volatility.value / realised) : this.most.value;
    if (Math.abs(wanted - this.exposures[symbol]) <= this.band.value) return;
    this.exposures[symbol] = wanted;
    this.target(symbol, wanted / f64(this.symbolCount), 'volatility has changed');
  }

  /** Sample standard deviation (ddof 1) × √(bars a year). */
  private annualised(returns: History): f64 {
    const count = returns.length;
    let sum: f64 = 0;
    for (let back = 0; back < count; back++) sum += returns.ago(back);
    const mean = sum / f64(count);
    let squares: f64 = 0;
    for (let back = 0; back < count; back++) {
      const distance = returns.ago(back) - mean;
      squares += distance * distance;
    }
    return Math.sqrt((squares / f64(count - 1)) * this.periodsPerYear.value);
  }
}
