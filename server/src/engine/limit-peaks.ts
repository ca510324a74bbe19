import { formatLimit } from '../risk/limits.ts';
import type { LimitName, LimitValue } from '../risk/limits.ts';
import { limitUse } from '../risk/limit-use.ts';
import type { Instant } from '../money/instant.ts';
import { riskContext } from './risk-context.ts';
import type { EngineState } from './state.ts';
import { change, emit } from './turn.ts';
import type { Turn } from './turn.ts';

/** The largest figure of a day under one limit, and when it was seen. */
export interface LimitPeak {
  readonly name: LimitName;
  readonly actual: bigint | number;
  readonly at: Instant;
  readonly subject?: string;
}

/** Decimal text, as limits are written: the journal and people read it alike. */
export interface RecordedPeak {
  readonly name: LimitName;
  readonly limit: string;
  readonly actual: string;
  readonly at: Instant;
  readonly subject?: string;
}

/** The day's largest use of every limit: looked at after each bar and each order that was let through. */
export function notePeaks(turn: Turn): void {
  const { state } = turn;
  if (!state.marketOpen || state.limits.unchecked === true) return;
  const peaks = new Map(state.limitPeaks);
  const { equity } = state;
  for (const { name, actual, subject } of limitUse(riskContext(state), equity)) {
    const known = peaks.get(name);
    if (known !== undefined && known.actual >= actual) continue;
    peaks.set(name, { name, actual, at: state.now, ...(subject === undefined ? {} : { subject }) });
  }
  change(turn, { limitPeaks: peaks });
}

const recorded = ({ limits }: EngineState, { name, actual, at, subject }: LimitPeak): RecordedPeak => ({
  name,
  limit: formatLimit(name, limits[name]),
  actual: formatLimit(name, actual as LimitValue),
  at,
  ...(subject === undefined ? {} : { subject }),
});

/** At a session's close the day's use is written down, and counted anew. */
export function recordPeaks(turn: Turn, date: string): void {
  const peaks = [...turn.state.limitPeaks.values()];
  if (peaks.length === 0) return;
  emit(turn, { kind: 'LimitUseRecorded', date, at: turn.state.now, peaks: peaks.map((peak) => recorded(turn.state, peak)) });
  change(turn, { limitPeaks: new Map() });
}
