import { Calendar } from '../sdk/calendar';
import { Parameter, choice, integer, number } from '../sdk/parameters';
import { description, horizon, middle } from './carried';
import { ABSTAIN, LONG, ModelStrategy, OUT, SHORT, UNKNOWN, figure } from './model-strategy';

/** Holds the symbols of which the model says most, in equal parts, and looks again by a schedule. */
export default class MlRank extends ModelStrategy {
  private top: Parameter = integer('top', 3, 1, 10000, 'Symbols to hold, those of the highest scores.');
  private bottom: Parameter = integer('bottom', 0, 0, 10000, 'Symbols to sell short, those of the lowest scores.');
  private least: Parameter = number('least', middle, -1000000, 1000000, 'Score below which it abstains from holding one of the top.');
  private most: Parameter = number('most', middle, -1000000, 1000000, 'Score above which it abstains from selling one of the bottom.');
  private schedule: Parameter = choice('schedule', ['bars', 'week', 'month'], 'When it looks again: every so many bars, or at the first bar of a week or month.');
  private every: Parameter = integer('every', horizon, 1, 10000, 'Bars between two looks, for the schedule of bars.');
  private calendar: Calendar = new Calendar();
  private slices: i32 = 0;
  /** Places of the symbols with a score in this slice, from 0 for the highest; of others −1. */
  private ranks: i32[] = [];
  private ranked: i32 = 0;
  private isRanked: bool = false;

  constructor() {
    super('ml-rank', 'Ranking by a model', description);
  }

  onStart(): void {
    super.onStart();
    for (let symbol = 0; symbol < this.symbolCount; symbol++) this.ranks.push(-1);
  }

  protected decide(): void {
    this.isRanked = false;
    this.calendar.next(this.time);
    if (!this.isDue()) return;
    this.rank();
    if (this.ranked == 0) return;
    this.slices = 0;
    // First what closes, so that the reasons stand in that order too.
    for (let symbol = 0; symbol < this.symbolCount; symbol++) this.leave(symbol);
    for (let symbol = 0; symbol < this.symbolCount; symbol++) this.hold(symbol);
  }

  private isDue(): bool {
    if (this.schedule.is('week')) return this.calendar.isNewWeek;
    if (this.schedule.is('month')) return this.calendar.isNewMonth;
    this.slices += 1;
    return this.slices >= this.every.int || this.isFresh();
  }

  /** Whether nothing was decided yet. */
  private isFresh(): bool {
    for (let symbol = 0; symbol < this.symbolCount; symbol++) if (this.decided[symbol] != UNKNOWN) return false;
    return true;
  }

  private leave(symbol: i32): void {
    const verdict = this.verdictOf(symbol);
    if (verdict != ABSTAIN && verdict != OUT) return;
    const before = this.decided[symbol];
    this.decided[symbol] = verdict;
    const isHeld = before == LONG || before == SHORT || this.position(symbol) != 0;
    if (isHeld || (verdict == ABSTAIN && before != ABSTAIN)) this.target(symbol, 0, this.reasonOf(symbol));
  }

  private hold(symbol: i32): void {
    const verdict = this.verdictOf(symbol);
    if (verdict != LONG && verdict != SHORT) return;
    this.decided[symbol] = verdict;
    const share = 1 / f64(min(this.symbolCount, this.top.int + this.bottom.int));
    this.target(symbol, verdict == LONG ? share : -share, this.reasonOf(symbol));
  }

  /** Of equal scores the earlier symbol stands higher. */
  private rank(): void {
    if (this.isRanked) return;
    this.isRanked = true;
    this.ranked = 0;
    for (let symbol = 0; symbol < this.symbolCount; symbol++) {
      const score = this.scores[symbol];
      this.ranks[symbol] = score == score ? this.countAbove(symbol, score) : -1;
      if (score == score) this.ranked += 1;
    }
  }

  private countAbove(symbol: i32, score: f64): i32 {
    let above = 0;
    for (let other = 0; other < this.symbolCount; other++) {
      const its = this.scores[other];
      if (its > score || (its == score && other < symbol)) above += 1;
    }
    return above;
  }

  verdictOf(symbol: i32): i32 {
    this.rank();
    const rank = this.ranks[symbol];
    if (rank < 0) return UNKNOWN;
    if (rank < this.top.int) return this.scores[symbol] >= this.least.value ? LONG : ABSTAIN;
    if (rank < this.ranked - this.bottom.int) return OUT;
    return this.scores[symbol] <= this.most.value ? SHORT : ABSTAIN;
  }

  reasonOf(symbol: i32): string {
    const verdict = this.verdictOf(symbol);
    if (verdict == UNKNOWN) return 'no decision: a feature has no value yet';
    const rank = this.ranks[symbol];
    const told = 'score ' + figure(this.scores[symbol]) + ', rank ' + (rank + 1).toString() + ' of ' + this.ranked.toString();
    if (verdict == ABSTAIN) {
      const isTop = rank < this.top.int;
      return 'abstains: ' + told + (isTop ? ', below ' + figure(this.least.value) : ', above ' + figure(this.most.value));
    }
    if (verdict == LONG) return told + ', among the top ' + this.top.int.toString();
    if (verdict == SHORT) return told + ', among the bottom ' + this.bottom.int.toString();
    return told + ', not among the top ' + this.top.int.toString();
  }
}
