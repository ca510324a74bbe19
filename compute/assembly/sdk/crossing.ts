import { Filter, SIMPLE } from '../indicators/filter';
import { movingAverage } from '../indicators/moving-average';
import { CLOSE, PRESENT, priceOf, recordOf, symbolCount } from './slice';
import { Strategy } from './strategy';

/** The two series of one symbol, and how they last stood. */
class Pair {
  previousFast: f64 = NaN;
  previousSlow: f64 = NaN;
  /** 1 above, -1 below, 0 not yet seen; an equal bar does not change it. */
  side: i32 = 0;

  constructor(
    readonly fast: Filter,
    readonly slow: Filter,
  ) {}
}

/**
 * A strategy that acts only where one filter of the closes crosses another. An author says which two, and what to do at a cross; nothing
 * else happens in between, so that the kernel may work out the crossings of many bars at once and visit only those. Do not override
 * `onBar` or `onBars`: what they would do at other bars would be left out, and the compiler refuses it.
 */
export abstract class CrossingStrategy extends Strategy {
  private pairs: Pair[] = [];

  /** Bars of the fast average, after the parameters are bound. */
  abstract fastPeriod(): i32;

  /** Bars of the slow average. */
  abstract slowPeriod(): i32;

  /** `SIMPLE` or `EXPONENTIAL`. */
  averageKind(): i32 {
    return SIMPLE;
  }

  /**
   * A fresh filter of the fast side: override it to cross other things than two moving averages. All that it does must be `return new …;` of an
   * indicator from 'tidemark': filters run over many bars at once, and whoever kept one would see bars to come. The compiler refuses it.
   */
  fastFilter(): Filter {
    return movingAverage(this.averageKind(), this.fastPeriod());
  }

  /** A fresh filter of the slow side, by the same rule. */
  slowFilter(): Filter {
    return movingAverage(this.averageKind(), this.slowPeriod());
  }

  /**
   * A promise: the filters are the averages, and `onCross` goes fully long (a target of 1) from flat on a cross above, flat on a cross below, and does
   * nothing else. A sweep then works a set out without a run of its own. It checks the promise on some of the sets, and fails where it is broken.
   */
  isLongFlat(): bool {
    return false;
  }

  /** False: above counts from a bar that was at or below. True: only after strictly below was seen, and the mirror. */
  isStrict(): bool {
    return false;
  }

  /** The fast side has just crossed above the slow one, or below it. */
  abstract onCross(symbol: i32, isAbove: bool): void;

  private pairOf(symbol: i32): Pair {
    while (this.pairs.length <= symbol) this.pairs.push(new Pair(this.fastFilter(), this.slowFilter()));
    return unchecked(this.pairs[symbol]);
  }

  /** The filters of a symbol, for the kernel, which runs them over many bars. */
  fastOf(symbol: i32): Filter {
    return this.pairOf(symbol).fast;
  }

  slowOf(symbol: i32): Filter {
    return this.pairOf(symbol).slow;
  }

  /** For the kernel: the bar before the one that it hands to `stand`. */
  setPrevious(symbol: i32, fast: f64, slow: f64): void {
    const pair = this.pairOf(symbol);
    pair.previousFast = fast;
    pair.previousSlow = slow;
  }

  /** Where the two sides stand at this bar: leads to `onCross` where they have crossed. A bar on the same side as the one before does nothing. */
  stand(symbol: i32, fast: f64, slow: f64): void {
    const pair = this.pairOf(symbol);
    const strict = this.isStrict();
    const wasAbove = strict ? pair.side > 0 : pair.previousFast >= pair.previousSlow;
    const wasBelow = strict ? pair.side < 0 : pair.previousFast <= pair.previousSlow;
    pair.previousFast = fast;
    pair.previousSlow = slow;
    if (fast > slow) {
      pair.side = 1;
      if (wasBelow) this.onCross(symbol, true);
    } else if (fast < slow) {
      pair.side = -1;
      if (wasAbove) this.onCross(symbol, false);
    }
  }

  onBars(): void {
    for (let symbol = 0; symbol < symbolCount; symbol++) {
      const record = recordOf(symbol);
      if (load<f64>(record + PRESENT) == 0) continue;
      const pair = this.pairOf(symbol);
      const close = priceOf(record, CLOSE);
      this.stand(symbol, pair.fast.next(close), pair.slow.next(close));
    }
  }
}
