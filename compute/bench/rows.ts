import { measure, type Plan, type Samples, type Work } from './measure.ts';
import { bestOf, growthExponent, medianOf } from './statistics.ts';
import type { ClockName, Figure, Row, Timing } from './suite.ts';

/** What makes one row: a work, what it is compared with in the same rounds, and what is asked of it. */
export interface RowPlan extends Plan {
  readonly name: string;
  readonly figure: Exclude<Figure, 'growth'>;
  readonly subject: Work;
  /** `undefined` for a rate only. */
  readonly reference?: Work;
  readonly clock: ClockName;
  readonly units: Row['units'];
  /** What `value` must be, in the sense of {@link Figure}. */
  readonly goal?: number;
}

export function timingOf(name: string, { wallNs, cpuNs }: Samples, clock: ClockName): Timing {
  const least = (): readonly number[] => wallNs.map((ns, index) => Math.min(ns, cpuNs[index] ?? ns));
  const samples = clock === 'least' ? least() : clock === 'wall' ? wallNs : cpuNs;
  return { name, bestNs: bestOf(samples), medianNs: medianOf(samples), runs: samples.length };
}

/** Whether the goal is met; `null` where there is none. */
export function meets(figure: Figure, value: number, goal: number | null): boolean | null {
  if (goal === null) return null;
  return figure === 'speed-up' || figure === 'rate' ? value >= goal : value <= goal;
}

/** One figure from the nanoseconds of the subject and of the reference. */
export function figureOf(figure: RowPlan['figure'], subjectNs: number, referenceNs: number, units: number): number {
  if (figure === 'ratio') return subjectNs / referenceNs;
  if (figure === 'speed-up') return referenceNs / subjectNs;
  return (units / subjectNs) * 1000;
}

/** Runs subject and reference in the same rounds. */
export async function measureRow(plan: RowPlan): Promise<Row> {
  const { name, figure, clock, units, subject, reference } = plan;
  if (reference === undefined && figure !== 'rate') throw new Error(`Invariant: ${name} is compared with something`);
  const samples = await measure(reference === undefined ? [subject] : [subject, reference], plan);
  const [own, other] = [subject, reference].map((work, index) => {
    const of = samples[index];
    return work === undefined || of === undefined ? undefined : timingOf(work.name, of, clock);
  });
  if (own === undefined) throw new Error('Invariant: measure answers samples of every work');
  const value = figureOf(figure, own.bestNs, other?.bestNs ?? Number.NaN, units.count);
  const medianValue = figureOf(figure, own.medianNs, other?.medianNs ?? Number.NaN, units.count);
  const goal = plan.goal ?? null;
  const isMet = meets(figure, value, goal);
  return { name, figure, value, medianValue, goal, isMet, clock, units, subject: own, reference: other ?? null, ...ALONE };
}

const ALONE = { variants: [], peers: [], verdict: null } as const;

/** The same work in several sizes, all in the same rounds. */
export interface GrowthPlan extends Plan {
  readonly name: string;
  readonly clock: ClockName;
  /** What a size counts: `bar`. */
  readonly of: string;
  readonly sizes: readonly { readonly size: number; readonly work: Work }[];
  /** The exponent, at most. */
  readonly goal?: number;
}

/** The exponent by which time grows over size; the subject is the largest size, the reference the smallest. */
export async function measureGrowth(plan: GrowthPlan): Promise<Row> {
  const { name, clock, of } = plan;
  const samples = await measure(
    plan.sizes.map(({ work }) => work),
    plan,
  );
  const points = plan.sizes.map(({ size, work }, index) => {
    const timing = timingOf(work.name, samples[index] ?? { wallNs: [], cpuNs: [] }, clock);
    return { size, timing };
  });
  const smallest = points[0];
  const largest = points.at(-1);
  if (smallest === undefined || largest === undefined) throw new Error(`Invariant: ${name} has sizes`);
  const value = growthExponent(points.map(({ size, timing }) => ({ size, time: timing.bestNs })));
  const medianValue = growthExponent(points.map(({ size, timing }) => ({ size, time: timing.medianNs })));
  const goal = plan.goal ?? null;
  const timings = { subject: largest.timing, reference: smallest.timing, variants: points.slice(1, -1).map(({ timing }) => timing) };
  const units = { count: largest.size, of };
  return {
    name,
    figure: 'growth',
    value,
    medianValue,
    goal,
    isMet: meets('growth', value, goal),
    clock,
    units,
    ...timings,
    peers: [],
    verdict: null,
  };
}
