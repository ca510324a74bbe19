import { createHash } from 'node:crypto';
import { format } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { formatSize } from '../strategies/configuration.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import { modeOf } from './recommending.ts';
import type { EngineState, StrategySlot } from './state.ts';
import { change, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** A strategy that may trade with real money: this version, configured like this, until either changes. */
export interface Promotion {
  readonly strategyId: string;
  readonly version: string;
  readonly configHash: string;
  readonly by: string;
  readonly approvedBy: string;
  readonly at: Instant;
  /** Served on paper when it was promoted. */
  readonly paperDays?: number;
}

/** Whole trading days that a strategy has served unchanged. */
export interface Service {
  readonly configHash: string;
  readonly days: number;
  /** Began to run before this session opened, so that the day counts whole. */
  readonly since: Instant;
}

/** Over everything that decides what the strategy does and how large; its name is for people. */
export function configHash({ version, parameters, symbols, timeframe, allocation, size, wholeUnits }: StrategyConfig): string {
  const pairs = Object.entries(parameters).sort(([left], [right]) => (left < right ? -1 : 1));
  const fields = [version, pairs, symbols, timeframe, format(allocation), formatSize(size), wholeUnits];
  return createHash('sha256').update(JSON.stringify(fields), 'utf8').digest('hex');
}

/**
 * Days served on paper with the configuration of now; on a live account those of the record that it was promoted by. Days on the simulated exchange
 * are no paper days: nobody else set its prices.
 */
export function paperDays({ config }: Pick<StrategySlot, 'config'>, state: EngineState): number {
  if (state.mode === 'live') return isPromoted({ config }, state) ? (state.promotions.get(config.id)?.paperDays ?? 0) : 0;
  const service = state.mode === 'paper' ? state.service.get(config.id) : undefined;
  return service?.configHash === configHash(config) ? service.days : 0;
}

/** Whether the gate may let orders of this strategy through to real money. */
export function isPromoted({ config }: Pick<StrategySlot, 'config'>, state: EngineState): boolean {
  const promotion = state.promotions.get(config.id);
  return promotion !== undefined && promotion.version === config.version && promotion.configHash === configHash(config);
}

/** Days begin to count anew when a strategy starts, and not at all while it stands still. */
export function serviceBegins(turn: Turn, { config }: StrategySlot, at: Instant): void {
  const hash = configHash(config);
  const before = turn.state.service.get(config.id);
  const days = before?.configHash === hash ? before.days : 0;
  change(turn, { service: withEntry(turn.state.service, config.id, { configHash: hash, days, since: at }) });
}

/** A day in which a strategy did not trade by itself from the open on is none. */
export function serviceRestarts(turn: Turn, { config }: StrategySlot): void {
  const served = turn.state.service.get(config.id);
  if (served !== undefined) change(turn, { service: withEntry(turn.state.service, config.id, { ...served, since: turn.state.now }) });
}

/** A configuration that changes what it does begins at zero, and is promoted no longer. */
export function serviceVoid(turn: Turn, { config }: StrategySlot): void {
  const hash = configHash(config);
  if (turn.state.service.get(config.id)?.configHash !== hash) change(turn, { service: withoutEntry(turn.state.service, config.id) });
  if (turn.state.promotions.get(config.id)?.configHash !== hash)
    change(turn, { promotions: withoutEntry(turn.state.promotions, config.id) });
}

/** At a session's close: one day more for every strategy that ran by itself from its open on. What a person chose from shows the person too. */
export function dayServed(turn: Turn): void {
  const { sessionOpenedAt } = turn.state;
  if (sessionOpenedAt === undefined) return;
  const service = new Map(turn.state.service);
  for (const slot of turn.state.strategies.values()) {
    const served = service.get(slot.config.id);
    if (served === undefined || modeOf(slot) !== 'automatic' || (slot.state !== 'paper' && slot.state !== 'live')) continue;
    if (served.since <= sessionOpenedAt) service.set(slot.config.id, { ...served, days: served.days + 1 });
  }
  change(turn, { service });
}
