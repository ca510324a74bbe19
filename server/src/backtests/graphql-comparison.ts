import type { Builder } from '../graphql/builder.ts';
import { badInput } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import { wrongCount } from './comparison/compare-runs.ts';
import type { ComparedMetric, ComparedPair, ComparedRun, RunComparison } from './comparison/compare-runs.ts';
import type { Difference } from './comparison/differences.ts';
import type { Run } from './graphql.ts';

/** What is compared, with the record that each run comes from. */
export interface ComparedRunNode extends ComparedRun {
  readonly run: Run;
}
export interface RunComparisonNode extends Omit<RunComparison, 'runs'> {
  readonly runs: readonly ComparedRunNode[];
}
export type { ComparedMetric, ComparedPair, Difference };

/** What the API needs to compare runs. */
export interface RunComparisons {
  /** Of two to five runs that are done, A first. */
  of(ids: readonly string[]): Promise<RunComparison>;
}

/** Throws what the caller is told: too few or too many, one twice, one that is not there or not done. */
async function comparisonOf(ids: readonly string[], { runs, comparisons }: Context): Promise<RunComparisonNode> {
  const wrong = wrongCount(ids.length);
  if (wrong !== undefined) throw badInput(`ids: ${wrong}`);
  if (new Set(ids).size < ids.length) throw badInput('ids: a run stands there twice; give each once');
  const found = await Promise.all(
    ids.map(async (id) => {
      const run = await runs.byId(id);
      if (run === undefined) throw badInput(`ids: there is no run ${id}`);
      if (run.state !== 'done') throw badInput(`ids: the run ${id} is ${run.state}; only runs that are done can be compared`);
      return run;
    }),
  );
  const comparison = await comparisons.of(ids);
  return {
    ...comparison,
    runs: comparison.runs.flatMap((compared, index) => {
      const run = found[index];
      return run === undefined ? [] : [{ ...compared, run }];
    }),
  };
}

function addComparedParts(builder: Builder): void {
  builder.objectType('ComparedRun', {
    fields: (t) => ({
      label: t.exposeString('label', { description: 'Its letter: A for the first that was asked for.' }),
      run: t.expose('run', { type: 'Run' }),
      growth: t.field({
        type: ['Float'],
        nullable: { list: false, items: true },
        description: 'Total return so far at each of the times; null before its first bar and after its last.',
        resolve: ({ growth }) => [...growth],
      }),
      drawdown: t.field({
        type: ['Float'],
        nullable: { list: false, items: true },
        description: 'Distance from the high-water mark as a fraction, 0 or negative.',
        resolve: ({ drawdown }) => [...drawdown],
      }),
    }),
  });
  builder.objectType('ComparedMetric', {
    fields: (t) => ({
      name: t.exposeString('name'),
      label: t.exposeString('label'),
      unit: t.exposeString('unit', { description: 'ratio, usd, count or number.' }),
      values: t.field({ type: ['Float'], nullable: { list: false, items: true }, resolve: ({ values }) => [...values] }),
      reasons: t.field({
        type: ['String'],
        nullable: { list: false, items: true },
        description: 'Why a run has no value.',
        resolve: ({ reasons }) => [...reasons],
      }),
    }),
  });
  builder.objectType('ComparedPair', {
    fields: (t) => ({
      first: t.exposeString('first'),
      second: t.exposeString('second'),
      correlation: t.exposeFloat('correlation', {
        nullable: true,
        description: 'Of the returns at bars that both have; null where they are fewer than 30 or one never moved.',
      }),
      commonBars: t.exposeInt('commonBars'),
    }),
  });
  builder.objectType('RunDifference', {
    description: 'Something that is not the same for all runs.',
    fields: (t) => ({
      kind: t.exposeString('kind', { description: 'strategy, parameter, option or data.' }),
      name: t.exposeString('name'),
      values: t.stringList({ description: 'Of each run, in their order.', resolve: ({ values }) => [...values] }),
    }),
  });
}

export function addRunComparison(builder: Builder): void {
  addComparedParts(builder);
  builder.objectType('RunComparison', {
    description: 'Two to five backtests beside each other.',
    fields: (t) => ({
      times: t.stringList({ description: 'The bars of all runs; many are thinned to about 2,000.', resolve: ({ times }) => [...times] }),
      runs: t.field({ type: ['ComparedRun'], resolve: ({ runs }) => [...runs] }),
      metrics: t.field({ type: ['ComparedMetric'], resolve: ({ metrics }) => [...metrics] }),
      pairs: t.field({ type: ['ComparedPair'], resolve: ({ pairs }) => [...pairs] }),
      differences: t.field({ type: ['RunDifference'], resolve: ({ differences }) => [...differences] }),
      sentences: t.stringList({
        description: 'What is alike and what is not, in plain words.',
        resolve: ({ sentences }) => [...sentences],
      }),
    }),
  });
  builder.queryFields((t) => ({
    compareRuns: t.field({
      type: 'RunComparison',
      description: 'Two to five runs that are done, in this order.',
      args: { ids: t.arg.idList({ required: true }) },
      resolve: (_root, { ids }, context) => comparisonOf(ids, context),
    }),
  }));
}
