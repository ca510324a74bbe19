import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COIN_LOG_LOSS, brierScore, decisionsOf, logLoss } from './classification.ts';
import { averageRanks, informationCoefficient, rankInformationCoefficient } from './correlation.ts';
import { averagePrecision, rocAuc, rocCurve } from './ranking.ts';
import { regressionMeasures } from './regression.ts';

interface Rows {
  readonly labels: Float64Array;
  readonly scores: Float64Array;
  readonly weights: Float64Array;
}

/** Scores of few values, so that many are equal; whole weights, zero among them. */
const rows: fc.Arbitrary<Rows> = fc
  .array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 3 })), { minLength: 2, maxLength: 40 })
  .filter(
    (list) => list.some(([label, , weight]) => label === 1 && weight > 0) && list.some(([label, , weight]) => label === 0 && weight > 0),
  )
  .map((list) => ({
    labels: Float64Array.from(list, ([label]) => label),
    scores: Float64Array.from(list, ([, score]) => score / 12),
    weights: Float64Array.from(list, ([, , weight]) => weight),
  }));

/** Each row as often as it weighs. */
function repeated({ labels, scores, weights }: Rows): Omit<Rows, 'weights'> {
  const places = [...weights].flatMap((weight, row) => Array.from({ length: weight }, () => row));
  return { labels: Float64Array.from(places, (row) => labels[row] ?? 0), scores: Float64Array.from(places, (row) => scores[row] ?? 0) };
}

const close = (a: number | null, b: number | null): void => {
  expect(Math.abs((a ?? Number.NaN) - (b ?? Number.NaN))).toBeLessThan(1e-12);
};

/** All pairs of a one and a zero: won, or half won. */
function pairsWon({ labels, scores, weights }: Rows): number {
  let [won, all] = [0, 0];
  for (const [i, one] of labels.entries()) {
    for (const [j, zero] of labels.entries()) {
      if (one !== 1 || zero !== 0) continue;
      const weight = (weights[i] ?? 0) * (weights[j] ?? 0);
      all += weight;
      won += weight * (1 + Math.sign((scores[i] ?? 0) - (scores[j] ?? 0))) * 0.5;
    }
  }
  return won / all;
}

/** Precision at each one's own score, averaged over the ones. */
function precisionsOfOnes({ labels, scores, weights }: Rows): number {
  const weightAt = (threshold: number, label?: number): number =>
    weights.reduce((sum, weight, row) => sum + ((scores[row] ?? 0) >= threshold && (label ?? labels[row]) === labels[row] ? weight : 0), 0);
  let [sum, ones] = [0, 0];
  for (const [row, label] of labels.entries()) {
    const weight = weights[row] ?? 0;
    if (label !== 1 || weight === 0) continue;
    const score = scores[row] ?? 0;
    sum += (weight * weightAt(score, 1)) / weightAt(score);
    ones += weight;
  }
  return sum / ones;
}

describe('measures by their definitions', () => {
  test('ROC AUC is the share of pairs in the right order', () =>
    fc.assert(fc.property(rows, (each) => close(rocAuc(each.labels, each.scores, each.weights), pairsWon(each)))));

  test('average precision is the mean precision at the ones', () =>
    fc.assert(fc.property(rows, (each) => close(averagePrecision(each.labels, each.scores, each.weights), precisionsOfOnes(each)))));

  test('turned labels turn ROC AUC', () =>
    fc.assert(
      fc.property(rows, ({ labels, scores, weights }) => {
        const turned = labels.map((label) => 1 - label);
        close(rocAuc(turned, scores, weights), 1 - (rocAuc(labels, scores, weights) ?? Number.NaN));
      }),
    ));

  test('MCC is the correlation of what was said and what was true', () =>
    fc.assert(
      fc.property(rows, ({ labels, scores, weights }) => {
        const said = scores.map((score) => (score >= 0.5 ? 1 : 0));
        close(decisionsOf(labels, scores, weights).mcc, informationCoefficient(said, labels, weights) ?? 0);
      }),
    ));

  test('rank IC sees order alone', () =>
    fc.assert(
      fc.property(rows, ({ labels, scores, weights }) => {
        const bent = scores.map((score) => Math.exp(5 * score));
        expect(rankInformationCoefficient(bent, labels, weights)).toBe(rankInformationCoefficient(scores, labels, weights));
      }),
    ));
});

describe('a weight is so many rows', () => {
  const MEASURES: readonly (readonly [string, (labels: Float64Array, scores: Float64Array, weights?: Float64Array) => number | null])[] = [
    ['log-loss', logLoss],
    ['Brier score', brierScore],
    ['ROC AUC', rocAuc],
    ['average precision', averagePrecision],
    ['accuracy', (...given) => decisionsOf(...given).accuracy],
    ['F1', (...given) => decisionsOf(...given).f1],
    ['MCC', (...given) => decisionsOf(...given).mcc],
    ['RMSE', (...given) => regressionMeasures(...given).rmse],
    ['MAE', (...given) => regressionMeasures(...given).mae],
    ['R²', (...given) => regressionMeasures(...given).r2],
    ['IC', (...given) => regressionMeasures(...given).ic ?? 0],
    ['rank IC', (...given) => regressionMeasures(...given).rankIc ?? 0],
  ];
  test.each(MEASURES)('%s', (_, measure) =>
    fc.assert(
      fc.property(rows, (each) => {
        const all = repeated(each);
        close(measure(each.labels, each.scores, each.weights), measure(all.labels, all.scores));
      }),
    ),
  );
});

describe('what is known', () => {
  const of = (...values: readonly number[]): Float64Array => Float64Array.from(values);

  test('a coin loses ln 2', () => {
    expect(COIN_LOG_LOSS).toBeCloseTo(0.693147180559945, 15);
    expect(logLoss(of(0, 1, 1), of(0.5, 0.5, 0.5))).toBeCloseTo(COIN_LOG_LOSS, 15);
    expect(brierScore(of(0, 1), of(0.5, 0.5))).toBe(0.25);
  });

  test('a sure mistake costs much, and not everything', () => expect(logLoss(of(1), of(0))).toBeCloseTo(52 * Math.LN2, 9));

  test('ranks of equal values are the mean of theirs', () => {
    expect([...averageRanks(of(5, 1, 5, 3), of(1, 1, 1, 1))]).toEqual([3.5, 1, 3.5, 2]);
    expect([...averageRanks(of(5, 1, 3), of(1, 3, 1))]).toEqual([5, 2, 4]);
  });

  test('a figure without a meaning is null', () => {
    expect(rocAuc(of(1, 1), of(0.2, 0.3))).toBeNull();
    expect(rocAuc(of(0, 1), of(0.2, 0.3), of(1, 0))).toBeNull();
    expect(averagePrecision(of(0, 0), of(0.2, 0.3))).toBeNull();
    expect(informationCoefficient(of(0.1, 0.1, 0.1), of(1, 2, 3))).toBeNull();
    expect(regressionMeasures(of(2, 2), of(1, 3)).r2).toBeNull();
    expect(regressionMeasures(of(0.1, 0.1, 0.1), of(0.2, 0.1, 0.1)).r2).toBeNull();
  });

  test('so many distinct scores that no call could take them as arguments', () => {
    const count = 200_000;
    const scores = Float64Array.from({ length: count }, (_, row) => row);
    const curve = rocCurve(
      scores.map((score) => score % 2),
      scores,
    );
    expect(curve?.falsePositiveRate).toHaveLength(count + 1);
    expect([curve?.truePositiveRate[0], curve?.truePositiveRate[1], curve?.truePositiveRate.at(-1)]).toEqual([0, 2 / count, 1]);
  });

  test.each<{ name: string; run: () => unknown; message: string }>([
    { name: 'no rows', run: () => logLoss(of(), of()), message: 'logLoss has no rows' },
    {
      name: 'another label',
      run: () => rocAuc(of(0, 2), of(1, 2)),
      message: 'rocAuc: labels[1] is 2, but a label of two classes is 0 or 1.',
    },
    { name: 'no probability', run: () => brierScore(of(0, 1), of(0.5, 1.5)), message: 'brierScore: probabilities[1] is 1.5' },
    { name: 'not a number', run: () => logLoss(of(0), of(Number.NaN)), message: 'logLoss: probabilities[0] is NaN' },
    { name: 'fewer scores', run: () => rocAuc(of(0, 1), of(1)), message: 'rocAuc: scores has 1 values for 2 rows: give one a row.' },
    { name: 'a negative weight', run: () => logLoss(of(0), of(0.5), of(-1)), message: 'logLoss: weights[0] is -1' },
    { name: 'no weight', run: () => logLoss(of(0), of(0.5), of(0)), message: 'the weights sum to 0' },
    { name: 'an infinite value', run: () => regressionMeasures(of(1), of(Infinity)), message: 'predicted[0] is Infinity' },
    { name: 'a threshold of 2', run: () => decisionsOf(of(0), of(0.5), undefined, 2), message: 'threshold is 2' },
  ])('$name is refused', ({ run, message }) => expect(run).toThrow(message));
});
