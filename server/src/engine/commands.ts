import type { Instant } from '../money/instant.ts';
import { brakeKey, releaseProblem } from '../risk/brakes.ts';
import type { Brake } from '../risk/brakes.ts';
import { isLoosening, layeredValue, withLayer } from '../risk/layers.ts';
import { formatLimit, parseLimit, withLimit } from '../risk/limits.ts';
import type { LimitName, LimitValue } from '../risk/limits.ts';
import { listed, loosensList } from '../risk/restrictions.ts';
import type { RestrictionList } from '../risk/restrictions.ts';
import { liftBrake } from './brakes.ts';
import { requestCancel } from './cancel.ts';
import type { EventOf } from './events.ts';
import { submitIntent } from './intents.ts';
import { replaceOrder } from './replacing.ts';
import { forgetTrip } from './strategy-watch.ts';
import { change, closeAlert, emit, raise, setTradingState } from './turn.ts';
import type { Turn } from './turn.ts';

export function orderRequested(turn: Turn, event: EventOf<'OrderRequested'>): void {
  submitIntent(turn, event.intent);
}

export function replaceRequested(turn: Turn, event: EventOf<'ReplaceRequested'>): void {
  replaceOrder(turn, event.intent);
}

export function cancelRequested(turn: Turn, event: EventOf<'CancelRequested'>): void {
  const order = turn.state.orders.get(event.orderId);
  if (order !== undefined) requestCancel(turn, order);
}

/**
 * A value that cannot be read, or is above its ceiling, changes nothing and is told: whoever sent it should have parsed it first. Where two people
 * are asked for, one alone only tightens, the account's limits and those of a strategy or agent alike.
 */
export function limitSet(turn: Turn, event: EventOf<'LimitSet'>): void {
  const { name, by, at, who } = event;
  const parsed = parseLimit(name, event.value);
  const refuse = (why: string): void => raise(turn, 'LimitRefused', `${name}-${at}`, 'warning', `${name} was not changed`, `${by}: ${why}`);
  if (!parsed.ok) return refuse(parsed.message);
  const { limits, layers, secondPerson } = turn.state;
  const current = who === undefined ? limits[name] : layeredValue(limits, layers, who, name);
  if (secondPerson && isLoosening(name, current, parsed.value)) return refuse('this takes a second person');
  if (who === undefined) applyLimit(turn, event, parsed.value);
  else layerSet(turn, event, who, parsed.value);
}

interface LimitChange {
  readonly name: LimitName;
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
}

/** Whoever calls this has looked at who may. */
export function applyLimit(turn: Turn, { name, by, reason, at }: LimitChange, value: LimitValue): void {
  const from = formatLimit(name, turn.state.limits[name]);
  const limits = withLimit(turn.state.limits, name, value);
  const to = formatLimit(name, limits[name]);
  change(turn, { limits });
  emit(turn, { kind: 'LimitChanged', name, from, to, by, reason, at });
}

/** A limit of one strategy or agent: the account's holds beside it, and the tighter of the two counts. Whoever calls this has looked at who may. */
export function layerSet(turn: Turn, { name, by, reason, at }: LimitChange, who: string, value: LimitValue): void {
  const { limits, layers } = turn.state;
  const from = formatLimit(name, layeredValue(limits, layers, who, name));
  change(turn, { layers: withLayer(layers, who, name, value) });
  emit(turn, { kind: 'LimitChanged', name, from, to: formatLimit(name, value), by, reason, at, who });
}

/** Where two people are asked for, one alone only restricts. */
export function symbolsRestricted(turn: Turn, { list, symbols, by, at }: EventOf<'SymbolsRestricted'>): void {
  const { restrictions, secondPerson } = turn.state;
  if (secondPerson && loosensList(list, restrictions[list], listed(symbols))) {
    raise(turn, 'RestrictionRefused', `${list}-${at}`, 'warning', 'A list of symbols was not changed', `${by}: this takes a second person`);
    return;
  }
  applyRestriction(turn, list, symbols);
}

/** Whoever calls this has looked at who may. */
export function applyRestriction(turn: Turn, list: RestrictionList, symbols: readonly string[]): void {
  change(turn, { restrictions: { ...turn.state.restrictions, [list]: listed(symbols) } });
}

/** What stopped a strategy by its kill switch, and what a person has paused, is let go by two people. */
export const secondPersonProblem = (brake: Brake | undefined, secondPerson: boolean): string | undefined =>
  !secondPerson
    ? undefined
    : brake?.code === 'StrategyKill'
      ? 'This takes a second person: propose the release of the strategy.'
      : brake?.code === 'Pause'
        ? 'This takes a second person: propose the release of the pause.'
        : undefined;

/** Only brakes that wait for a person; what tripped them is forgotten, and a strategy that was paused with it may be enabled again. */
export function brakeReleased(turn: Turn, { code, scope, by, reason, at }: EventOf<'BrakeReleased'>): void {
  const brake = turn.state.brakes.get(brakeKey({ code, scope }));
  const problem = releaseProblem(brake, reason) ?? secondPersonProblem(brake, turn.state.secondPerson);
  if (brake === undefined || problem !== undefined) {
    raise(turn, 'ReleaseRefused', `${code}-${at}`, 'info', `${code} was not released`, `${by}: ${problem ?? ''}`);
    return;
  }
  forgetTrip(turn, brake);
  liftBrake(turn, brake, by, reason);
}

export function alertAcknowledged(turn: Turn, event: EventOf<'AlertAcknowledged'>): void {
  closeAlert(turn, event.alertId, event.by, event.note);
}

/** What cannot be read counts as the worst: everything is halted until a person releases it. */
export function stateUnreadable(turn: Turn, event: EventOf<'StateUnreadable'>): void {
  if (turn.state.tradingState !== 'FROZEN') setTradingState(turn, 'HALTED', `state unreadable: ${event.reason}`, 'engine', event.at);
  raise(turn, 'StateUnreadable', String(event.at), 'critical', 'The recorded state could not be confirmed', event.reason);
}
