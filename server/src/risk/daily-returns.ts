import type { DailyReturns, InstrumentProfile, NewestReturn } from './types.ts';
import { SCENARIO_DAYS } from './value-at-risk.ts';

/** The history with one day more, the oldest given up beyond 250 days. A day that is not newer changes nothing. */
function withReturn({ days, millionths }: DailyReturns, newest: NewestReturn): DailyReturns {
  if ((days.at(-1) ?? Number.NEGATIVE_INFINITY) >= newest.day) return { days, millionths };
  return {
    days: [...days, newest.day].slice(-SCENARIO_DAYS),
    millionths: [...millionths, newest.millionths].slice(-SCENARIO_DAYS),
  };
}

/** What is known after an event: its figures, and the history that it tells or goes on with. */
export function mergedProfile(known: InstrumentProfile | undefined, told: InstrumentProfile): InstrumentProfile {
  const { newestReturn, ...profile } = told;
  const history = told.dailyReturns ?? known?.dailyReturns;
  if (history === undefined) return profile;
  return { ...profile, dailyReturns: newestReturn === undefined ? history : withReturn(history, newestReturn) };
}
