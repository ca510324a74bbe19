import { Parameter, choice, integer, number } from '../sdk/parameters';
import { description, horizon } from './carried';
import { ABSTAIN, LONG, ModelStrategy, OUT, SHORT, UNKNOWN, figure } from './model-strategy';

/** Of a probability, in bits: 1 where it says nothing, 0 where it is certain. Shannon, 1948. */
function entropyOf(probability: f64): f64 {
  const other = 1 - probability;
  if (probability <= 0 || other <= 0) return 0;
  return -(probability * Math.log(probability) + other * Math.log(other)) / Math.LN2;
}

/** Goes with a classifier's probability of a rise where it is sure enough, and abstains elsewhere: each symbol by itself. */
export default class MlDirection extends ModelStrategy {
  private long: Parameter = number('long', 0.55, 0.5, 1, 'Probability of a rise from which it is long.');
  private short: Parameter = number('short', 0.45, 0, 0.5, 'Probability of a rise up to which it is out, or short.');
  private entropy: Parameter = number('entropy', 1, 0, 1, 'Bits of entropy above which it abstains; 1 never does.');
  private disagreement: Parameter = number('disagreement', 1, 0, 1, 'Standard deviation of the probabilities of a forest’s trees above which it abstains; 1 never does.');
  private direction: Parameter = choice('direction', ['long', 'longshort'], 'What a likely fall leads to: out of the market, or short.');
  private hold: Parameter = integer('hold', horizon, 1, 10000, 'Bars that it stays long or short at least.');
  private ages: i32[] = [];

  constructor() {
    super('ml-direction', 'Direction by a model', description);
  }

  check(): string {
    const asks = this.disagreement.value < 1;
    return asks && !this.isEnsemble ? 'disagreement is 1: only the trees of a forest can disagree, and this model is none' : '';
  }

  onStart(): void {
    super.onStart();
    for (let symbol = 0; symbol < this.symbolCount; symbol++) this.ages.push(0);
  }

  protected decide(): void {
    for (let symbol = 0; symbol < this.symbolCount; symbol++) {
      if (!this.hasBar(symbol)) continue;
      this.ages[symbol] += 1;
      const verdict = this.verdictOf(symbol);
      if (verdict == UNKNOWN || verdict == this.decided[symbol]) continue;
      const isIn = this.decided[symbol] == LONG || this.decided[symbol] == SHORT;
      if (isIn && this.ages[symbol] < this.hold.int) continue;
      this.decided[symbol] = verdict;
      this.ages[symbol] = 0;
      const side: f64 = verdict == LONG ? 1 : verdict == SHORT ? -1 : 0;
      this.target(symbol, side / f64(this.symbolCount), this.reasonOf(symbol));
    }
  }

  verdictOf(symbol: i32): i32 {
    const probability = this.scores[symbol];
    if (probability != probability) return UNKNOWN;
    if (this.isVague(probability) || this.isSplit(symbol)) return ABSTAIN;
    if (probability >= this.long.value) return LONG;
    if (probability > this.short.value) return ABSTAIN;
    return this.direction.is('longshort') ? SHORT : OUT;
  }

  /** A bound of 1 never holds, however the entropy of nearly one half is rounded. */
  private isVague(probability: f64): bool {
    return this.entropy.value < 1 && entropyOf(probability) > this.entropy.value;
  }

  /** Whether the members are too far apart; they are asked only where a bound is set. */
  private isSplit(symbol: i32): bool {
    return this.disagreement.value < 1 && this.spreadOf(symbol) > this.disagreement.value;
  }

  reasonOf(symbol: i32): string {
    const probability = this.scores[symbol];
    if (probability != probability) return 'no decision: a feature has no value yet';
    const told = 'probability of a rise ' + figure(probability);
    if (this.isVague(probability)) {
      return 'abstains: ' + told + ' has ' + figure(entropyOf(probability)) + ' bits of entropy, above ' + figure(this.entropy.value);
    }
    if (this.isSplit(symbol)) {
      return 'abstains: ' + told + ' is the mean of trees that are ' + figure(this.spreadOf(symbol)) + ' apart, above ' + figure(this.disagreement.value);
    }
    if (probability >= this.long.value) return told + ', at least ' + figure(this.long.value);
    if (probability <= this.short.value) return told + ', at most ' + figure(this.short.value);
    return 'abstains: ' + told + ' lies between ' + figure(this.short.value) + ' and ' + figure(this.long.value);
  }
}
