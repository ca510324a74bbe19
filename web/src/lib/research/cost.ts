import type { StudyPaceQuery } from '@tidemark/schema/documents';
import { duration, number, plural } from '#lib/format.ts';
import { countWindows } from './windows.ts';
import type { Windows } from './windows.ts';

export type Pace = StudyPaceQuery['studyPace'];
export type Kind = 'sweep' | 'walk-forward';

/** What a study would try. */
export interface Asked {
  /** Combinations of parameters. */
  readonly sets: number;
  /** Of the symbol. */
  readonly bars: number;
  /** Of a walk-forward. */
  readonly walk?: { readonly windows: Windows; readonly isRolling: boolean } | undefined;
}

/** Windows that a walk-forward has, and bars that all sets together decide on; of a sweep one window. */
export function workOf({ sets, bars, walk }: Asked): { readonly windows: number; readonly decided: number } {
  if (walk === undefined) return { windows: 1, decided: sets * bars };
  const { train, test } = walk.windows;
  const windows = countWindows(bars, walk.windows);
  if (windows === 0) return { windows, decided: 0 };
  const looked = windows * (walk.isRolling ? train : train + ((windows - 1) * test) / 2);
  return { windows, decided: sets * (looked + bars - train) };
}

/** Counts, in words. */
export function workText(asked: Asked): string {
  const { windows, decided } = workOf(asked);
  const bars = number(asked.bars, { decimals: 0 });
  if (windows === 0) return `${bars} bars are too few: after ${asked.walk?.windows.train ?? 0} to choose in, none is left to trade in.`;
  const sets = `${number(asked.sets, { decimals: 0 })} sets`;
  const much = decided < 1e5 ? number(decided, { decimals: 0 }) : `${number(decided / 1e6, { decimals: 1 })} million`;
  const work = `${much} bars to decide`;
  if (asked.walk === undefined) return `${sets} on ${bars} bars: ${work}`;
  return `${sets} in each of ${number(windows, { decimals: 0 })} windows: ${work}`;
}

const PLURALS: Readonly<Record<Kind, readonly [string, string]>> = {
  sweep: ['sweep', 'sweeps'],
  'walk-forward': ['walk-forward', 'walk-forwards'],
};
/** Beyond so many times what was ever measured an estimate says that it is a guess at scale. */
const FAR = 10;

/** How long so much may take at the pace that was measured; or that none was. */
export function timeText(decided: number, pace: Pace, kind: Kind): string {
  const [one, many] = PLURALS[kind];
  if (pace === null) return `How long it takes: n/a, no ${one} was finished on this server yet.`;
  const seconds = Math.max(decided / pace.barsPerSecond, pace.secondsMin);
  const whose = pace.isOfStrategy ? 'of this strategy' : 'of other strategies';
  const basis = `at the pace of ${plural(pace.studies, one, many)} ${whose} on this server, waiting included`;
  const far =
    decided > FAR * pace.barsMax ? ` That is ${number(decided / pace.barsMax, { decimals: 0 })} times the largest that was measured.` : '';
  return `About ${duration(seconds * 1_000)}, ${basis}.${far}`;
}
