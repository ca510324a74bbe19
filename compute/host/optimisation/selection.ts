import { UsageError } from '../backtest-flags.ts';
import { namedSet, type ParameterAxis } from '../parameter-axis.ts';
import type { GridSet } from '../parameter-grid.ts';
import type { SweepChunk } from '../sweep.ts';
import { RunningMoments, varianceOf } from '../trial-moments.ts';
import type { ParameterValues } from '../types.ts';
import { parseCriterion, type Criterion, type Judge } from './objective.ts';
import { combinationsOf, PLATEAU_SETS_MAX, ScoreGrid, type Plateau } from './plateau.ts';
import { figuresOfSet, type FigureBasis, type SetFigures } from './set-figures.ts';

export const CHOICES = ['peak', 'plateau'] as const;

export interface SelectionSpec extends Criterion {
  /** The set with the best score, or the one in the middle of the best neighbourhood; `peak` when absent. */
  readonly choose?: (typeof CHOICES)[number] | undefined;
  /** How far a neighbourhood reaches, in steps of the grid; 1 when absent. */
  readonly plateauSteps?: number | undefined;
}

export interface SelectedSet {
  readonly parameters: ParameterValues;
  readonly score: number;
  readonly figures: SetFigures;
  /** `null` where the sets are samples, which have no neighbours, or too many to keep their scores. */
  readonly plateau: Plateau | null;
}

/** Everything that was tried: what a deflated Sharpe ratio needs to know. */
export interface Trials {
  /** Sets that ran. */
  readonly sets: number;
  /** Sets that the strategy's own rule refused. */
  readonly refused: number;
  /** Sets that have a score and fulfil the constraint. */
  readonly eligible: number;
  /** Sets that have a Sharpe ratio. */
  readonly withSharpe: number;
  /** Mean of their Sharpe ratios of one bar; `null` where there is none. */
  readonly sharpeMean: number | null;
  /** Variance (over n − 1) of the same; `null` of fewer than two. */
  readonly sharpeVariance: number | null;
}

export interface Selection {
  /** `null` where no set is eligible. */
  readonly chosen: SelectedSet | null;
  /** The set with the best score, whatever was asked for. */
  readonly peak: SelectedSet | null;
  readonly trials: Trials;
}

interface Candidate {
  readonly set: GridSet;
  readonly score: number;
  readonly figures: readonly number[];
}

/** The first of the best: of equal scores the set that comes earlier stays. */
const better = (a: number, b: number | undefined): boolean => b === undefined || a > b;

function checkSteps(steps: number): number {
  if (Number.isSafeInteger(steps) && steps >= 1 && steps <= 100) return steps;
  throw new UsageError(`a plateau reaches ${steps} steps; it must be a whole number from 1 to 100`);
}

/** Chooses a set of a sweep from its rows, taken in their order. The same rows give the same choice, however they come in chunks. */
export class Selector {
  private readonly axes: readonly ParameterAxis[];
  private readonly basis: FigureBasis;
  private readonly judge: Judge;
  private readonly choose: SelectionSpec['choose'];
  private readonly steps: number;
  private readonly grid: ScoreGrid | undefined;
  /** Kept for a choice by plateau only. */
  private readonly candidates: Candidate[] = [];
  private readonly tried = new RunningMoments();
  private peak: Candidate | undefined;
  private refused = 0;
  private eligible = 0;

  /** `isGrid`: the sets are those of the axes' grid, in steps of which a plateau is counted. Throws {@link UsageError}. */
  constructor(spec: SelectionSpec, axes: readonly ParameterAxis[], basis: FigureBasis, isGrid: boolean) {
    this.axes = axes;
    this.basis = basis;
    this.judge = parseCriterion(spec, axes);
    this.choose = spec.choose ?? 'peak';
    this.steps = checkSteps(spec.plateauSteps ?? 1);
    if (this.choose === 'plateau' && !isGrid) throw new UsageError('a plateau is counted in steps of a grid: samples have none');
    const isKept = isGrid && (this.choose === 'plateau' || combinationsOf(axes) <= PLATEAU_SETS_MAX);
    this.grid = isKept ? new ScoreGrid(axes) : undefined;
  }

  take(chunk: SweepChunk): void {
    this.refused += chunk.refused;
    for (const row of chunk.rows()) {
      const { figures, score, isEligible } = this.judge(row, this.basis);
      this.tried.add(row.sharpe === null ? null : row.sharpe / Math.sqrt(this.basis.periodsPerYear));
      this.grid?.put(row.set, score);
      if (isEligible) this.consider({ set: row.set, score, figures });
    }
  }

  /** After the last chunk. */
  result(): Selection {
    const chosen = this.choose === 'plateau' ? this.bestPlateau() : this.peak;
    const { refused, eligible } = this;
    const tried = this.tried.moments();
    return {
      chosen: this.told(chosen),
      peak: this.told(this.peak),
      trials: {
        sets: tried.sets,
        refused,
        eligible,
        withSharpe: tried.sharpes,
        sharpeMean: tried.sharpes === 0 ? null : tried.mean,
        sharpeVariance: tried.sharpes < 2 ? null : varianceOf(tried),
      },
    };
  }

  private consider(candidate: Candidate): void {
    this.eligible += 1;
    if (better(candidate.score, this.peak?.score)) this.peak = candidate;
    if (this.choose === 'plateau') this.candidates.push(candidate);
  }

  private bestPlateau(): Candidate | undefined {
    let best: { readonly candidate: Candidate; readonly level: number } | undefined;
    for (const candidate of this.candidates) {
      const level = this.grid?.level(candidate.set, this.steps) ?? Number.NaN;
      // Of equal plateaus the set with the better score, and then the earlier one.
      const isHigher = level > (best?.level ?? -Infinity) || (level === best?.level && candidate.score > best.candidate.score);
      if (isHigher) best = { candidate, level };
    }
    return best?.candidate;
  }

  private told(candidate: Candidate | undefined): SelectedSet | null {
    if (candidate === undefined) return null;
    const { set, score, figures } = candidate;
    return {
      parameters: namedSet(this.axes, set),
      score,
      figures: figuresOfSet(figures),
      plateau: this.grid?.plateau(set, this.steps) ?? null,
    };
  }
}
