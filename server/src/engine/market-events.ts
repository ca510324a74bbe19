import type { Bar } from '../market-data/bar.ts';
import { priceFromNumber, toNumber } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { rememberedActivities } from './activities.ts';
import { mergedProfile } from '../risk/daily-returns.ts';
import { isWaiting } from '../recommendations/recommendation.ts';
import { foldBefore } from '../positions/symbol-book.ts';
import { markEquity, remarkEquity } from './equity.ts';
import { assertTerms } from './invariants.ts';
import { openEnsembles } from './ensembles.ts';
import type { EventOf } from './events.ts';
import { flattenAll } from './flattening.ts';
import { forgetEnded, remindOfExpiry } from './option-endings.ts';
import { rememberedSettlements } from './option-settlement.ts';
import { dayServed } from './promotion.ts';
import { followBars, touchProtections } from './protections.ts';
import { followOrders } from './trailing-orders.ts';
import type { EngineState, StrategySlot } from './state.ts';
import { notePeaks, recordPeaks } from './limit-peaks.ts';
import { watchBars, watchPrice } from './market-watch.ts';
import { workingOf } from './own-orders.ts';
import { fillShadows, ownView } from './shadow.ts';
import { countBar, markStrategiesOf, openStrategySession } from './strategy-watch.ts';
import { change, closeAlert, emit, isOpen, raise, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';

export function instrumentListed(turn: Turn, event: EventOf<'InstrumentListed'>): void {
  assertTerms(event.instrument);
  change(turn, { instruments: withEntry(turn.state.instruments, event.instrument.symbol, event.instrument) });
}

export function instrumentsProfiled(turn: Turn, event: EventOf<'InstrumentsProfiled'>): void {
  const profiles = new Map(turn.state.profiles);
  for (const profile of event.profiles) profiles.set(profile.symbol, mergedProfile(profiles.get(profile.symbol), profile));
  change(turn, { profiles });
}

/** A bar's close is the newest price unless a quote or trade of the same instant or later is known. */
function markBars(turn: Turn, bars: readonly Bar[], at: Instant): void {
  const marks = new Map(turn.state.marks);
  for (const bar of bars) {
    const known = marks.get(bar.symbol);
    if (known !== undefined && known.basis !== 'bar' && known.at >= at) continue;
    marks.set(bar.symbol, { price: priceFromNumber(bar.close), at, basis: 'bar' });
  }
  change(turn, { marks });
}

const isEnabled = (slot: StrategySlot): boolean => slot.state === 'paper' || slot.state === 'live';

/** Marks, equity, breakers; then every enabled strategy of this timeframe that has a bar is asked. */
export function barsClosed(turn: Turn, event: EventOf<'BarsClosed'>): void {
  markBars(turn, event.bars, event.at);
  for (const bar of event.bars) closeAlert(turn, `BarRefused-${bar.symbol}`, 'feed');
  watchBars(turn, event.timeframe, event.bars, event.at);
  markEquity(turn, true);
  markStrategiesOf(turn, new Set(event.bars.map(({ symbol }) => symbol)), true);
  notePeaks(turn);
  // A daily bar is published just after its session's close, and its close is the session's last price.
  if (!turn.state.marketOpen && turn.state.closingEquity !== undefined) change(turn, { closingEquity: turn.state.equity?.equity });
  followTrails(turn, event);
  fillShadows(turn, event);
  for (const slot of turn.state.strategies.values()) {
    if (!isEnabled(slot) || slot.config.timeframe !== event.timeframe) continue;
    if (event.bars.some(({ symbol }) => slot.config.symbols.includes(symbol))) countBar(turn, slot);
    askStrategy(turn, turn.state.strategies.get(slot.config.id) ?? slot, event);
  }
}

/** Stops that follow move with the bars of their own strategy, before it is asked. */
function followTrails(turn: Turn, { bars, timeframe }: EventOf<'BarsClosed'>): void {
  touchProtections(
    turn,
    bars.map(({ symbol }) => symbol),
  );
  const owners = [...turn.state.strategies.values()].flatMap(({ config }) => (config.timeframe === timeframe ? [config.id] : []));
  followBars(turn, bars, new Set(owners));
  followOrders(turn, bars, new Set(owners));
}

function askStrategy(turn: Turn, slot: StrategySlot, event: EventOf<'BarsClosed'>): void {
  const wanted = new Set(slot.config.symbols);
  const bars = event.bars.filter((bar) => wanted.has(bar.symbol));
  const { equity } = turn.state;
  if (bars.length === 0 || equity === undefined) return;
  const closes = new Map<string, Price>(bars.map((bar) => [bar.symbol, priceFromNumber(bar.close)]));
  const asked: StrategySlot = { ...slot, signal: { at: event.at, equity: equity.equity, closes, holdings: slot.holdings } };
  change(turn, { strategies: withEntry(turn.state.strategies, slot.config.id, asked) });
  emit(turn, {
    kind: 'AskStrategy',
    strategyId: slot.config.id,
    at: event.at,
    timeframe: event.timeframe,
    bars,
    positions: slot.config.symbols.map((symbol) => toNumber(ownView(slot, symbol).quantity)),
    entryPrices: slot.config.symbols.map((symbol) => ownView(slot, symbol).entryPrice),
    working: workingOf(turn.state, slot.config.id, slot.config.symbols),
    cash: toNumber(turn.state.cash),
    equity: toNumber(equity.equity),
  });
}

export function barRefused(turn: Turn, event: EventOf<'BarRefused'>): void {
  raise(
    turn,
    'BarRefused',
    event.symbol,
    'warning',
    `A bar of ${event.symbol} was refused`,
    `${event.reason} Raw: ${event.raw.slice(0, 300)}`,
  );
}

/** The gate denies entries while a symbol is halted; orders that rest stay with the broker, and exits pass. */
export function symbolHalted(turn: Turn, { symbol, halted, reason }: EventOf<'SymbolHalted'>): void {
  const others = turn.state.haltedSymbols.filter((other) => other !== symbol);
  change(turn, { haltedSymbols: halted ? [...others, symbol].sort() : others });
  if (!halted) return closeAlert(turn, `SymbolHalted-${symbol}`, 'feed');
  const why = reason === undefined || reason === '' ? '' : `: ${reason}`;
  const detail = `Trading in ${symbol} stands still${why}. Entries are denied until it goes on. Exits are sent, and fill when it does; no stop protects meanwhile.`;
  raise(turn, 'SymbolHalted', symbol, 'warning', `${symbol} is halted`, detail);
}

/** Newer prices; one that is older than what we have says nothing. Equity moves only where a symbol is held. */
export function marked(turn: Turn, event: EventOf<'Marked'>): void {
  const before = turn.state.marks;
  const newer = event.marks.filter(({ symbol, mark }) => (before.get(symbol)?.at ?? mark.at) <= mark.at);
  const marks = new Map(before);
  for (const { symbol, mark } of newer) marks.set(symbol, mark);
  change(turn, { marks });
  for (const { symbol, mark } of newer) watchPrice(turn, symbol, [mark.price], mark.at);
  touchProtections(
    turn,
    newer.map(({ symbol }) => symbol),
  );
  for (const { symbol, mark } of newer) {
    const position = turn.state.positions.get(symbol);
    if (position !== undefined) remarkEquity(turn, position, before.get(symbol)?.price ?? position.averagePrice, mark.price);
  }
  markStrategiesOf(turn, new Set(newer.map(({ symbol }) => symbol)), false);
}

/** Terminal orders of sessions before the previous one are forgotten: no late fill comes after so long. */
function forgetOldOrders(state: EngineState): Partial<EngineState> {
  const horizon = state.previousSessionOpenedAt;
  if (horizon === undefined) return {};
  const orders = new Map(
    [...state.orders].filter(([, order]) => isOpen(order) || order.closedAt === undefined || order.closedAt >= horizon),
  );
  const tracking = new Map([...state.tracking].filter(([orderId]) => orders.has(orderId)));
  const books = new Map([...state.books].map(([symbol, book]) => [symbol, foldBefore(symbol, book, horizon)]));
  const voided = new Map([...state.voided].filter(([, { at }]) => at >= horizon));
  const recommendations = new Map([...state.recommendations].filter(([, one]) => isWaiting(one) || (one.endedAt ?? horizon) >= horizon));
  return {
    orders,
    recommendations,
    tracking,
    books,
    voided,
    activities: rememberedActivities(state),
    settlements: rememberedSettlements(state),
  };
}

/** The day's result is measured from the previous session's close, so that an overnight gap belongs to the new day. */
export function sessionOpened(turn: Turn, event: EventOf<'SessionOpened'>): void {
  if (turn.state.sessionDate === event.date && turn.state.marketOpen) return;
  change(turn, {
    sessionDate: event.date,
    marketOpen: true,
    previousSessionOpenedAt: turn.state.sessionOpenedAt,
    sessionOpenedAt: event.at,
    sessionStartEquity: turn.state.closingEquity ?? turn.state.sessionStartEquity,
    closingEquity: undefined,
  });
  change(turn, forgetOldOrders(turn.state));
  forgetEnded(turn);
  remindOfExpiry(turn);
  openEnsembles(turn);
  openStrategySession(turn);
  markEquity(turn, false);
  flattenAll(turn);
}

export function sessionClosed(turn: Turn, event: EventOf<'SessionClosed'>): void {
  if (turn.state.sessionDate === event.date && !turn.state.marketOpen) return;
  markEquity(turn, false);
  notePeaks(turn);
  recordPeaks(turn, event.date);
  dayServed(turn);
  change(turn, { sessionDate: event.date, marketOpen: false, closingEquity: turn.state.equity?.equity });
}
