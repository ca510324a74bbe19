import { sampleShare } from '../../instruments/sample-instrument.ts';
import type { Instrument } from '../../instruments/instrument.ts';
import { money, price, quantity } from '../../money/fixed.ts';
import { instant } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { coreOptions, ExchangeCore } from './core.ts';
import type { CoreOptions, NewOrder, Submission, VenueEvent, VenueOrder, VenueSession } from './types.ts';

/** An instrument for tests: a share in whole units at one cent. */
export const listed = (symbol: string, given: Partial<Instrument> = {}): Instrument =>
  sampleShare(symbol, { name: `Test ${symbol}`, ...given });

export const ACCOUNT = 'account-1';

/** Noon of the n-th test day, counted from 0. */
export const at = (day = 0, hour = 12): Instant =>
  instant(`2024-03-${String(4 + day).padStart(2, '0')}T${String(hour + 5).padStart(2, '0')}:00:00Z`);

export const session = (day = 0): VenueSession => ({ date: `2024-03-0${4 + day}`, openAt: at(day, 9), closeAt: at(day, 16) });

/** A core with one account and the symbols XYZ, ABC and FRAC (fractionable), NOSHORT and HALTED. */
export function testCore(given: Partial<CoreOptions> = {}): ExchangeCore {
  const instruments = [
    listed('XYZ'),
    listed('ABC'),
    listed('FRAC', { lot: quantity('0.000000001') }),
    listed('NOSHORT', { shortable: false }),
    listed('HALTED', { tradable: false }),
  ];
  const core = new ExchangeCore(coreOptions({ instruments: new Map(instruments.map((one) => [one.symbol, one])), ...given }));
  core.openAccount(ACCOUNT, at());
  return core;
}

/** The same with an open session in which XYZ stands at `text`. */
export function openCore(text = '100', given: Partial<CoreOptions> = {}): ExchangeCore {
  const core = testCore(given);
  core.openSession(session());
  core.price('XYZ', price(text), at());
  return core;
}

export interface Ticket extends Partial<Omit<NewOrder, 'quantity' | 'limitPrice' | 'stopPrice' | 'notional' | 'takeProfit' | 'stopLoss'>> {
  readonly qty?: string;
  readonly dollars?: string;
  readonly limit?: string;
  readonly stop?: string;
  readonly trail?: string;
  /** Take-profit's limit; stop-loss's stop, and its limit behind a slash. */
  readonly profit?: string;
  readonly loss?: string;
}

function exitsOf({ profit, loss }: Ticket): Pick<NewOrder, 'takeProfit' | 'stopLoss'> {
  const [stopText, limitText] = loss?.split('/') ?? [];
  return {
    ...(profit === undefined ? {} : { takeProfit: { limitPrice: price(profit) } }),
    ...(stopText === undefined
      ? {}
      : { stopLoss: { stopPrice: price(stopText), ...(limitText === undefined ? {} : { limitPrice: price(limitText) }) } }),
  };
}

export const order = (ticket: Ticket = {}): NewOrder => {
  const { qty = ticket.dollars === undefined ? '10' : '0', dollars, limit, stop, trail, profit: _profit, loss: _loss, ...rest } = ticket;
  return {
    symbol: 'XYZ',
    side: 'buy',
    type: 'market',
    timeInForce: 'day',
    quantity: quantity(qty),
    ...(dollars === undefined ? {} : { notional: money(dollars) }),
    ...(limit === undefined ? {} : { limitPrice: price(limit) }),
    ...(stop === undefined ? {} : { stopPrice: price(stop) }),
    ...(trail === undefined ? {} : { trailPrice: price(trail) }),
    ...exitsOf(ticket),
    ...rest,
  };
};

/** The order of a submission that must have been taken, as it stands now. */
export function taken(core: ExchangeCore, submission: Submission): VenueOrder {
  if (!submission.ok) throw new Error(`refused: ${submission.refusal.message}`);
  const now = core.order(ACCOUNT, submission.order.id);
  if (now === undefined) throw new Error('the order is not in the book');
  return now;
}

export const place = (core: ExchangeCore, ticket: Ticket = {}, when: Instant = at()): VenueOrder =>
  taken(core, core.submit(ACCOUNT, order(ticket), when));

export const kinds = (events: readonly VenueEvent[]): readonly string[] => events.map((event) => event.kind);
