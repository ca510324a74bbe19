import { describe, expect, test } from 'vitest';
import { goldenJson } from '../golden-statistics.ts';
import { combinatorialPurged } from './combinatorial.ts';
import { purgedKFold } from './purged-k-fold.ts';

interface Golden {
  readonly k: number;
  readonly embargo_bars: number;
  readonly folds: readonly { readonly test: readonly number[]; readonly train: readonly number[] }[];
}

interface GoldenCase {
  readonly spans: readonly (readonly [number, number])[];
  readonly closed_interval_rule: readonly Golden[];
  readonly book_snippet_7_3: readonly Golden[];
  readonly combinatorial: {
    readonly N: number;
    readonly k: number;
    readonly embargo_bars: number;
    readonly paths: number;
    readonly splits: readonly {
      readonly test_groups: readonly number[];
      readonly test: readonly number[];
      readonly train: readonly number[];
    }[];
  };
}

const { cases } = goldenJson('ml/purged_kfold.json') as { readonly cases: Readonly<Record<string, GoldenCase>> };

describe.each(Object.entries(cases))('%s', (_, golden) => {
  const spans = {
    starts: Float64Array.from(golden.spans, ([start]) => start),
    ends: Float64Array.from(golden.spans, ([, end]) => end),
  };
  const both = [
    ...golden.closed_interval_rule.map((each) => ({ ...each, rule: 'closed' as const })),
    ...golden.book_snippet_7_3.map((each) => ({ ...each, rule: 'book' as const })),
  ];

  test.each(both)('$k folds, embargo $embargo_bars, rule $rule', ({ k, embargo_bars: embargo, rule, folds }) => {
    const found = purgedKFold(spans, { folds: k, embargo, rule });
    expect(found.map(({ train, test: tested }) => ({ test: [...tested], train: [...train] }))).toEqual(
      folds.map(({ test: tested, train }) => ({ test: tested, train })),
    );
  });

  test('combinatorial', () => {
    const { N, k, embargo_bars: embargo, paths, splits } = golden.combinatorial;
    const found = combinatorialPurged(spans, { groups: N, tested: k, embargo });
    expect(found.paths).toHaveLength(paths);
    expect(
      found.splits.map(({ testGroups, test: tested, train }) => ({ test_groups: testGroups, test: [...tested], train: [...train] })),
    ).toEqual(splits);
  });
});
