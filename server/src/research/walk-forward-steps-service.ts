import { foldsOf, WalkForward } from '@tidemark/compute/optimisation';
import type { Fold, FoldSearch, Selection as ChosenOf, WalkForwardResult } from '@tidemark/compute/optimisation';
import type { Statistics } from '@tidemark/compute/statistics';
import { instantFromMs } from '../money/instant.ts';
import { NO_TRIALS } from '@tidemark/compute';
import type { TrialMoments } from '@tidemark/compute';
import { trialsOn } from '../trials/service.ts';
import type { TriedBars } from '../trials/service.ts';
import { partsOf } from './service.ts';
import type { StudyPlan, WorkedPart } from './service.ts';
import { contentKey, prepare } from './study-preparation-service.ts';
import type { Prepared } from './study-preparation-service.ts';
import type { RecordedWalkForward, Selection, WalkForwardSummary } from './study-record.ts';
import { rejected } from './study-work-service.ts';
import type { StudySteps, StudyWork } from './study-work-service.ts';
import { walkOf } from './study.ts';

interface OpenedWalk extends Prepared {
  readonly walk: WalkForward;
  close(): Promise<void>;
}

/** Sets of all windows together: a window is a part, and should take minutes at most. */
const TRIALS_MAX = 10_000_000;

const whole = (value: number): string => value.toLocaleString('en');

/** A part a window, and one for what hindsight would have found. Throws `UsageError` for windows that cannot be. */
function planOf(study: RecordedWalkForward, { bars, sets, times }: Prepared): StudyPlan {
  const parts = foldsOf(times.length, walkOf(study.request).windows).length + 1;
  if (parts * sets.size > TRIALS_MAX)
    throw new Error(
      `That is ${whole(sets.size)} sets in each of ${whole(parts - 1)} windows and over all of them; at most ${whole(TRIALS_MAX)} are tried: widen the steps, or test longer.`,
    );
  return { bars, contentKey: contentKey(study, bars.hash), size: sets.size, parts };
}

async function openWalk(study: RecordedWalkForward, work: StudyWork, trialsBefore = 0): Promise<OpenedWalk> {
  const prepared = await prepare(study, work);
  const { sets } = prepared;
  const { windows, selection } = walkOf(study.request);
  const space = { axes: sets.axes, sets: () => sets.part(0, sets.size), isGrid: study.request.space.method === 'grid', selection };
  const request = { backtest: prepared.backtest, space, sets: sets.size, windows, trialsBefore };
  const walk = new WalkForward(request, { statistics: await work.statistics(), threads: work.threads });
  return { ...prepared, walk, close: () => walk.close() };
}

const momentsOf = ({ sets, withSharpe, sharpeMean, sharpeVariance }: ChosenOf['trials']): TrialMoments => ({
  sets,
  sharpes: withSharpe,
  mean: sharpeMean ?? 0,
  squares: sharpeVariance === null ? 0 : sharpeVariance * (withSharpe - 1),
});

/** The bars from `first` to before `end`. */
function spanOf({ bars: { symbols, timeframe }, times }: Prepared, first: number, end: number): TriedBars {
  const at = (bar: number) => instantFromMs(times[bar] ?? Number.NaN);
  return { symbols, timeframe, from: at(first), to: at(end - 1) };
}

/** Ratios of windows scatter more for being of fewer bars: they are counted, and say nothing of the spread of ratios over longer spans. */
const countedOnly = ({ sets }: ChosenOf['trials']): TrialMoments => ({ ...NO_TRIALS, sets });

/** Every set that a window tries is a trial on its bars; those of hindsight are on all that is traded. */
async function workOutPart(_study: RecordedWalkForward, part: number, opened: OpenedWalk): Promise<WorkedPart> {
  const { walk, times } = opened;
  const fold = walk.folds[part];
  if (fold === undefined) {
    const found = await walk.searchHindsight();
    return workedOut(found, spanOf(opened, walk.folds[0]?.test.first ?? 0, times.length), momentsOf(found.trials));
  }
  const { selection } = await walk.search(fold);
  return workedOut(selection, spanOf(opened, fold.train.first, fold.train.end), countedOnly(selection.trials));
}

function workedOut(found: ChosenOf, bars: TriedBars, trials: TrialMoments): WorkedPart {
  const { sets, refused } = found.trials;
  return { bars, sets, refused, figures: new TextEncoder().encode(JSON.stringify(found)), trials };
}

interface Searches {
  readonly windows: readonly FoldSearch[];
  readonly hindsight: ChosenOf;
}

/** What the parts have found, as it was written down. */
async function searchesOf(study: RecordedWalkForward, folds: readonly Fold[], { db }: StudyWork): Promise<Searches> {
  const windows: FoldSearch[] = [];
  let hindsight: ChosenOf | undefined;
  for await (const { part, figures } of partsOf(db, study.id)) {
    const selection = JSON.parse(new TextDecoder().decode(figures)) as ChosenOf;
    const fold = folds[part];
    if (fold === undefined) hindsight = selection;
    else windows.push({ fold, selection });
  }
  if (hindsight === undefined) throw new Error('Invariant: the last part of a walk-forward is its hindsight');
  return { windows, hindsight };
}

/** How far the joined curve can be luck; ratios of a year, but for the variance. */
function selectionOf({ significance, equity, options, joined }: WalkForwardResult, statistics: Statistics): Selection | null {
  if (significance.sharpe === null || joined.ruinedAt !== null) return null;
  const returns = Float64Array.from(equity, (point, bar) => point.equity / (equity[bar - 1]?.equity ?? options.cash) - 1);
  const sample = statistics.sharpeSample(returns);
  const { trials, sharpeVariance, expectedMaximumSharpe, psr, dsr } = significance;
  return {
    trials,
    sharpeVariance: sharpeVariance ?? 0,
    expectedMaximum: expectedMaximumSharpe === null ? null : expectedMaximumSharpe * Math.sqrt(options.periodsPerYear),
    psr,
    dsr,
    trackRecordMin: sample === null ? null : statistics.trackRecordMin(sample),
  };
}

function summaryOf(result: WalkForwardResult, statistics: Statistics): WalkForwardSummary {
  const { traded, profitableShare, efficiency, joined, folds } = result;
  return { windows: folds.length, traded, profitableShare, efficiency, joined, selection: selectionOf(result, statistics) };
}

/** A walk-forward: all sets over each window's own bars, a window a part; then the chosen ones trade, one after the other. */
export function walkForwardSteps(work: StudyWork): StudySteps<'walk-forward', OpenedWalk> {
  return {
    kind: 'walk-forward',
    plan: async (study) => {
      const prepared = await prepare(study, work);
      if (prepared.sets.part(0, prepared.sets.size)[Symbol.iterator]().next().done === true) throw new Error('There is no set to try.');
      return planOf(study, prepared);
    },
    open: (study) => openWalk(study, work),
    part: workOutPart,
    end: async (study, signal) => {
      const { bars } = await prepare(study, work);
      // Its own are counted by the walk-forward itself: each set once, as the command line does.
      const before = await trialsOn(work.db, bars, study.id);
      const opened = await openWalk(study, work, before.sets);
      try {
        const { windows, hindsight } = await searchesOf(study, opened.walk.folds, work);
        const result = await Promise.race([opened.walk.finish(windows, hindsight), rejected(signal)]);
        return { summary: summaryOf(result, await work.statistics()), result };
      } finally {
        await opened.close();
      }
    },
  };
}
