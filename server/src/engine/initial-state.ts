import type { Instant } from '../money/instant.ts';
import { ZERO_MONEY } from '../money/money.ts';
import { NO_ACTIVITY } from '../risk/activity.ts';
import type { Limits } from '../risk/limits.ts';
import type { EngineOptions } from './events.ts';
import type { EngineState } from './state.ts';

/** What people decide about: nobody has yet. */
const NOTHING_DECIDED = {
  secondPerson: false,
  people: new Map(),
  proposals: new Map(),
  recommendations: new Map(),
  promotions: new Map(),
  ensembles: new Map(),
  capitals: new Map(),
  service: new Map(),
  layers: new Map(),
  restrictions: { denied: [], allowed: [], excepted: [] },
} as const;

/** What the breakers look at: they have seen nothing yet. */
const NOTHING_WATCHED = {
  activity: NO_ACTIVITY,
  brakes: new Map(),
  limitPeaks: new Map(),
  watches: new Map(),
  symbolWatches: new Map(),
  lastBars: new Map(),
  feedCheckedAt: 0 as Instant,
  disconnectedAt: undefined,
  haltedSymbols: [],
  clockSkewMs: undefined,
} as const;

/** The state before the first event. Time starts at 1970, so that every event is later. */
export function initialState(options: EngineOptions, limits: Limits): EngineState {
  const beginning = 0 as Instant;
  return {
    mode: options.mode,
    accountId: options.accountId,
    options,
    now: beginning,
    sessionDate: undefined,
    marketOpen: false,
    brokerConnected: false,
    reconciled: false,
    reconciledAt: undefined,
    tradingState: options.initialTradingState,
    tradingStateBecause: 'initial',
    tradingStateBy: 'engine',
    tradingStateAt: beginning,
    account: undefined,
    accountAt: undefined,
    spentSinceReport: ZERO_MONEY,
    cash: ZERO_MONEY,
    openingCash: undefined,
    cashFlow: ZERO_MONEY,
    cashAdjustments: ZERO_MONEY,
    cashDifference: ZERO_MONEY,
    cashDifferenceAt: undefined,
    balancedDate: undefined,
    activities: new Map(),
    settlements: new Map(),
    equity: undefined,
    highWaterMark: undefined,
    highWaterMarkAt: undefined,
    sessionStartEquity: undefined,
    closingEquity: undefined,
    instruments: new Map(),
    profiles: new Map(),
    marks: new Map(),
    positions: new Map(),
    ledgers: new Map(),
    results: new Map(),
    books: new Map(),
    voided: new Map(),
    orders: new Map(),
    tracking: new Map(),
    heldIntents: new Map(),
    withheld: new Map(),
    deferredTargets: new Map(),
    deferredOrders: new Map(),
    protections: new Map(),
    trailing: new Map(),
    flattening: undefined,
    closing: new Map(),
    differences: new Map(),
    previousSessionOpenedAt: undefined,
    sessionOpenedAt: undefined,
    lastExecutionAt: undefined,
    strategies: new Map(),
    limits,
    ...NOTHING_DECIDED,
    ...NOTHING_WATCHED,
    alerts: new Map(),
  };
}
