import { PriceBarsDocument } from '@tidemark/schema/documents';
import type { FillPartsFragment, PriceBarsQueryVariables, Timeframe } from '@tidemark/schema/documents';
import { untrack } from 'svelte';
import { live } from '#lib/live/live.svelte.ts';
import { isoOf, joinedFills } from './fills.ts';
import { PriceBars } from './price-bars.ts';

export interface BarsOf {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Bars that begin before this instant, and none that come later; all where absent. */
  readonly until?: string;
}

/** Bars of a page: a power of two, so that candles of many bars keep their bars when older ones come before them. */
export const PAGE = 4_096;
/** Bars beyond which nothing older is loaded: two hundred thousand are 14 MB. */
const BARS_MOST = 50 * PAGE;

/** The bars of a chart, newest first: one page at once, older ones when somebody looks for them, and whatever comes. Make it inside a component. */
export class PriceHistory {
  bars = $state.raw(PriceBars.none);
  fills = $state.raw<readonly FillPartsFragment[]>([]);
  error = $state<string>();
  /** The newest page has been read. */
  isRead = $state(false);
  /** There is nothing older. */
  isComplete = $state(false);
  isLoadingOlder = $state(false);
  /** Counts up at each choice of bars: answers to an earlier one are dropped. */
  #chosen = 0;
  #of: BarsOf | undefined;
  #isRefreshing = false;
  #isBehind = false;
  #wantsFrom = 0;

  /** `again`: what changes when there is news. */
  constructor(of: () => BarsOf | undefined, again: () => unknown) {
    $effect(() => {
      const next = of();
      untrack(() => void this.#open(next));
    });
    $effect(() => {
      again();
      untrack(() => void this.#refresh());
    });
  }

  /** Loads older bars until there are so many, or no more. */
  async atLeast(count: number): Promise<void> {
    this.#wantsFrom = Math.max(this.#wantsFrom, Math.min(count, BARS_MOST));
    if (this.isLoadingOlder || !this.isRead || this.isComplete) return;
    const mine = this.#chosen;
    this.isLoadingOlder = true;
    while (mine === this.#chosen && !this.isComplete && this.bars.length < this.#wantsFrom) {
      const { bars } = this;
      const answer = await this.#ask({ last: PAGE, to: isoOf(bars.startAt(0)) });
      if (mine !== this.#chosen || answer === undefined) break;
      // Meanwhile newer ones may have come; none older.
      this.bars = this.bars.withOlder(answer.columns);
      this.fills = joinedFills(this.fills, answer.fills);
      this.isComplete = answer.columns.startAtMs.length < PAGE || this.bars.length >= BARS_MOST;
    }
    if (mine === this.#chosen) this.isLoadingOlder = false;
  }

  async #open(of: BarsOf | undefined): Promise<void> {
    if (of?.symbol === this.#of?.symbol && of?.timeframe === this.#of?.timeframe && of?.until === this.#of?.until) return;
    this.#of = of;
    await this.#read();
  }

  async #read(): Promise<void> {
    this.#chosen += 1;
    const mine = this.#chosen;
    this.isRead = false;
    this.isLoadingOlder = false;
    this.isComplete = false;
    this.#wantsFrom = 0;
    const { until } = this.#of ?? {};
    const answer = await this.#ask({ last: PAGE, ...(until === undefined ? {} : { to: until }) });
    if (mine !== this.#chosen || answer === undefined) return;
    this.bars = PriceBars.of(answer.columns);
    this.fills = answer.fills;
    this.isComplete = answer.columns.startAtMs.length < PAGE;
    this.isRead = true;
  }

  /** Reads from the newest bar on, which may have been mended; one question at a time. */
  async #refresh(): Promise<void> {
    this.#isBehind = true;
    if (this.#isRefreshing || !this.isRead || this.#of?.until !== undefined) return;
    this.#isRefreshing = true;
    while (this.#isBehind) {
      this.#isBehind = false;
      const mine = this.#chosen;
      const newestMs = this.bars.startAt(this.bars.length - 1);
      const from = Number.isNaN(newestMs) ? {} : { from: isoOf(newestMs) };
      const answer = await this.#ask({ last: PAGE, ...from });
      if (mine !== this.#chosen || answer === undefined) continue;
      const [first] = answer.columns.startAtMs;
      // More bars have come than a page holds: between them and what is here would be a hole.
      if (first !== undefined && first > newestMs) await this.#read();
      else {
        this.bars = this.bars.withNewest(answer.columns);
        this.fills = joinedFills(this.fills, answer.fills);
      }
    }
    this.#isRefreshing = false;
  }

  async #ask(variables: Omit<PriceBarsQueryVariables, 'symbol' | 'timeframe'>) {
    const of = this.#of;
    if (of === undefined) return undefined;
    const { symbol, timeframe } = of;
    const answer = await live.query(PriceBarsDocument, { symbol, timeframe, ...variables });
    if (of !== this.#of) return undefined;
    this.error = answer.ok ? undefined : answer.message;
    return answer.ok ? answer.data.series : undefined;
  }
}
