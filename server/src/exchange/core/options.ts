import { money, price, ratio } from '../../money/fixed.ts';
import type { Money, Price, Ratio } from '../../money/fixed.ts';
import type { Instrument } from '../../instruments/instrument.ts';

/** What becomes of orders for the auctions (`opg`, `cls`): the broker documents one thing, and its users see others. */
export const AUCTION_TIFS = ['auction-fill', 'quote-fill', 'accept-and-expire', 'reject'] as const;
export type AuctionTif = (typeof AUCTION_TIFS)[number];

export interface CoreOptions {
  /** Goes into every id, so that two venues never give the same one. */
  readonly venueId: string;
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** Cash of an account that is opened without an amount. */
  readonly startCash: Money;
  /** Fraction of notional charged on each fill. */
  readonly commissionRate: Ratio;
  /** 1: cash only; 2: Regulation T; 4: intraday. Below 2,000 dollars of equity it is 1 in any case. */
  readonly multiplier: 1 | 2 | 4;
  /** Refuse prices finer than the minimum increment. */
  readonly penny: boolean;
  /** Refuse opening orders beyond buying power. */
  readonly buyingPowerChecks: boolean;
  /** Refuse orders that could trade with an own order. */
  readonly washTradeChecks: boolean;
  /** A touched buy stop becomes a limit 4 % (below 50 dollars) or 2.5 % above it, as the broker documents; else a market order. */
  readonly buyStopCollar: boolean;
  /** Seed: one eligible order in ten gets a random part first. `undefined`: whole fills only. */
  readonly partialFills: number | undefined;
  /** Share of the volume of each price that orders may take together. `undefined`: a fill has no bound. */
  readonly participation: Ratio | undefined;
  /** Charge regulators' fees of US shares, summed over a day. */
  readonly regulatoryFees: boolean;
  readonly auctionTif: AuctionTif;
  /** Refuse auction orders by the clock: `opg` from 09:28 and `cls` from 15:50 until 19:00. Else by the session only. */
  readonly auctionWindows: boolean;
  /** A replacement's `filled_qty` begins with what the replaced order had filled; else at zero, and its `qty` is for itself alone. */
  readonly replaceCarriesFills: boolean;
  /** Orders, cancels and replaces reach the matching with the next price of their symbol: they can lose races. */
  readonly routingDelay: boolean;
  /** Tell of everything that happens to a family's legs. The broker's stream leaves out the cancel of a held stop whose sibling filled. */
  readonly legEvents: boolean;
  /** At the close open gtc orders turn `done_for_day` until the next open. */
  readonly doneForDay: boolean;
  /** The hours before and after the regular session, and the night, are played. Without them `extended_hours` changes nothing. */
  readonly extendedSessions: boolean;
  /** Between bid and ask: what the quotes show, what short sales reserve, what `quote-fill` pays. */
  readonly spread: Price;
  /** Refuse limits further than this from the newest price. The broker has such a check; its threshold is not published. */
  readonly limitDistanceMax: Ratio | undefined;
  /** Pause a symbol that moves further than this from its reference price of the last five minutes; bars of up to five minutes only. */
  readonly luldBand: Ratio | undefined;
  /** Pay cash dividends and charge them to shorts. */
  readonly dividends: boolean;
  /** The list of activities shows what became of options, and the shares that they delivered, from the next day on; positions and cash move at the close. */
  readonly optionEndsNextDay: boolean;
  /** From this price on a long position's maintenance is 30 % instead of all of it. */
  readonly longFullBelow: Price;
  /** Positions worth more than this many times the equity put an account in closing-only mode. */
  readonly closingOnlyRatio: Ratio;
}

/** Options as they were before there was a choice: a venue kept on disk does not change by a program that knows more of them. */
export const LATER_DEFAULTS = {
  auctionTif: 'auction-fill',
  auctionWindows: false,
  replaceCarriesFills: true,
  routingDelay: false,
  legEvents: false,
  doneForDay: false,
  extendedSessions: false,
  spread: price('0.01'),
  limitDistanceMax: undefined,
  luldBand: undefined,
  dividends: false,
  optionEndsNextDay: false,
  longFullBelow: price('2.5'),
  closingOnlyRatio: ratio('6'),
} as const satisfies Partial<CoreOptions>;

/** Sensible options of a core for tests and replays; give what differs. */
export const coreOptions = (given: Pick<CoreOptions, 'instruments'> & Partial<CoreOptions>): CoreOptions => ({
  venueId: 'venue',
  startCash: money('100000'),
  commissionRate: ratio('0'),
  multiplier: 2,
  penny: true,
  buyingPowerChecks: true,
  washTradeChecks: true,
  buyStopCollar: false,
  partialFills: undefined,
  participation: undefined,
  regulatoryFees: false,
  ...LATER_DEFAULTS,
  ...given,
});
