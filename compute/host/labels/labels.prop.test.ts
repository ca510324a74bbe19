import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenFeatures } from '../golden-features.ts';
import { GOLDEN_TAGS } from '../models/golden-models.ts';
import { randomBars } from '../random-bars.ts';
import { fixedHorizon } from './fixed-horizon.ts';
import type { HorizonTarget } from './fixed-horizon.ts';
import type { LabelBars, Labels } from './labels.ts';
import { metaLabels, tripleBarrier } from './triple-barrier.ts';

type Rule = (bars: LabelBars) => Labels;

const volatilityOf = ({ close }: LabelBars): Float64Array => close.map((_, bar) => (bar % 7 === 0 ? Number.NaN : 0.005 + (bar % 5) / 400));
const sidesOf = ({ close }: LabelBars): Float64Array => close.map((_, bar) => (bar % 3) - 1);
const BARRIERS = { upper: 1, lower: 1.5, horizon: 8 } as const;

const RULES: readonly { readonly name: string; readonly label: Rule; readonly horizon: number }[] = [
  ...(['direction', 'return', 'log-volatility'] as const).map((target: HorizonTarget) => ({
    name: `fixed horizon, ${target}`,
    label: (bars: LabelBars) => fixedHorizon(bars, { horizon: 5, target }),
    horizon: 5,
  })),
  { name: 'triple barrier, closes', label: (bars) => tripleBarrier(bars, volatilityOf(bars), BARRIERS), horizon: 8 },
  {
    name: 'triple barrier, ranges',
    label: (bars) => tripleBarrier(bars, volatilityOf(bars), { ...BARRIERS, touch: 'range', atHorizon: 'zero' }, sidesOf(bars)),
    horizon: 8,
  },
  { name: 'only the horizon', label: (bars) => tripleBarrier(bars, volatilityOf(bars), { upper: 0, lower: 0, horizon: 8 }), horizon: 8 },
  { name: 'meta-labels', label: (bars) => metaLabels(bars, volatilityOf(bars), BARRIERS, sidesOf(bars)), horizon: 8 },
];

function cut(bars: LabelBars, count: number): LabelBars {
  return {
    open: bars.open.slice(0, count),
    high: bars.high.slice(0, count),
    low: bars.low.slice(0, count),
    close: bars.close.slice(0, count),
  };
}

describe.each(RULES)('$name', ({ label, horizon }) => {
  test('a label is known at its end and not before: the future after it changes nothing', () =>
    fc.assert(
      fc.property(randomBars(60, 10), fc.nat(60), (bars, place) => {
        const whole = label(bars);
        const count = Math.min(place, bars.length);
        const part = label(cut(bars, count));
        for (let bar = 0; bar < count; bar += 1) {
          const known = (whole.ends[bar] ?? Number.NaN) < count;
          expect(part.values[bar]).toBe(known ? whole.values[bar] : Number.NaN);
          expect(part.ends[bar]).toBe(known ? whole.ends[bar] : Number.NaN);
          expect(part.returns[bar]).toBe(known ? whole.returns[bar] : Number.NaN);
        }
      }),
    ));

  test('bars after its end may be anything', () =>
    fc.assert(
      fc.property(randomBars(60, 10), fc.nat(59), (bars, place) => {
        const whole = label(bars);
        const bar = place % bars.length;
        const end = whole.ends[bar] ?? Number.NaN;
        if (Number.isNaN(end)) return;
        const change = (values: Float64Array): Float64Array => values.map((value, index) => (index > end ? value * 3 : value));
        const other = label({ open: change(bars.open), high: change(bars.high), low: change(bars.low), close: change(bars.close) });
        expect([other.values[bar], other.ends[bar], other.returns[bar]]).toEqual([whole.values[bar], end, whole.returns[bar]]);
      }),
    ));

  test('ends after its bar, within the horizon', () =>
    fc.assert(
      fc.property(randomBars(60, 10), (bars) => {
        const { values, ends } = label(bars);
        for (const [bar, end] of ends.entries()) {
          expect(Number.isNaN(end)).toBe(Number.isNaN(values[bar] ?? 0));
          if (!Number.isNaN(end)) expect(end > bar && end <= bar + horizon).toBe(true);
        }
      }),
    ));
});

describe('the triple barrier', () => {
  const of = (...closes: readonly number[]): LabelBars => {
    const close = Float64Array.from(closes);
    return {
      close,
      open: close.map((price, bar) => close[bar - 1] ?? price),
      high: close.map((price) => price * 1.02),
      low: close.map((price) => price * 0.98),
    };
  };
  /** Opens there after the first bar. */
  const gapTo = (price: number): LabelBars => ({ ...of(100, 100, 100, 100), open: Float64Array.of(100, price, 100, 100) });
  const unit = (count: number): Float64Array => new Float64Array(count).fill(0.01);
  const first = (labels: Labels): readonly (number | undefined)[] => [labels.values[0], labels.ends[0]];
  const options = { upper: 5, lower: 5, horizon: 3 };

  test.each<{ name: string; bars: LabelBars; more?: object; side?: number; value: number; end: number; gained: number }>([
    { name: 'the profit', bars: of(100, 103, 106, 90), value: 1, end: 2, gained: 0.06 },
    { name: 'the loss', bars: of(100, 103, 94, 120), value: -1, end: 2, gained: -0.06 },
    { name: 'exactly the barrier', bars: of(100, 105, 90, 90), value: 1, end: 1, gained: 0.05 },
    { name: 'time, with a gain', bars: of(100, 101, 102, 103), value: 1, end: 3, gained: 0.03 },
    { name: 'time, with nothing', bars: of(100, 101, 102, 100), value: 0, end: 3, gained: 0 },
    { name: 'time, undecided', bars: of(100, 101, 102, 103), more: { atHorizon: 'zero' }, value: 0, end: 3, gained: 0.03 },
    { name: 'a short’s profit', bars: of(100, 103, 94, 90), side: -1, value: 1, end: 2, gained: 0.06 },
    { name: 'a short’s loss', bars: of(100, 106, 94, 90), side: -1, value: -1, end: 1, gained: -0.06 },
    { name: 'the range', bars: of(100, 104, 90, 90), more: { touch: 'range' }, value: 1, end: 1, gained: 0.05 },
    { name: 'an open beyond the loss', bars: gapTo(80), more: { touch: 'range' }, value: -1, end: 1, gained: -0.2 },
    { name: 'an open beyond the profit', bars: gapTo(120), more: { touch: 'range' }, value: 1, end: 1, gained: 0.2 },
    {
      name: 'both in one range',
      bars: of(100, 100, 90, 90),
      more: { touch: 'range', upper: 1, lower: 1 },
      value: -1,
      end: 1,
      gained: -0.01,
    },
  ])('$name', ({ bars, more, side = 1, value, end, gained }) => {
    const found = tripleBarrier(bars, unit(4), { ...options, ...more }, new Float64Array(4).fill(side));
    expect(first(found)).toEqual([value, end]);
    expect(found.returns[0]).toBeCloseTo(gained, 12);
  });

  test('no end in sight, no label', () =>
    expect(first(tripleBarrier(of(100, 101, 102), unit(3), options))).toEqual([Number.NaN, Number.NaN]));

  test('touched before the data end, a label although the horizon is beyond', () =>
    expect(first(tripleBarrier(of(100, 106), unit(2), options))).toEqual([1, 1]));

  test('meta-labels ask whether the side was right', () => {
    const bars = of(100, 106, 100, 100);
    expect(first(metaLabels(bars, unit(4), options, Float64Array.of(1, 0, 0, 0)))).toEqual([1, 1]);
    expect(first(metaLabels(bars, unit(4), options, Float64Array.of(-1, 0, 0, 0)))).toEqual([0, 1]);
    expect(first(metaLabels(bars, unit(4), options, Float64Array.of(0, 1, 0, 0)))).toEqual([Number.NaN, Number.NaN]);
  });

  test.each<{ name: string; run: () => unknown; message: string }>([
    { name: 'a price of 0', run: () => tripleBarrier(of(100, 0), unit(2), options), message: 'tripleBarrier: high[1] is 0' },
    { name: 'NaN', run: () => fixedHorizon(of(1, Number.NaN), { horizon: 1, target: 'return' }), message: 'fixedHorizon: high[1] is NaN' },
    { name: 'no horizon', run: () => fixedHorizon(of(1, 2), { horizon: 0, target: 'return' }), message: 'horizon is 0' },
    { name: 'a side of 2', run: () => metaLabels(of(1, 2), unit(2), options, Float64Array.of(2, 0)), message: 'sides[0] is 2' },
    {
      name: 'volatility of another length',
      run: () => tripleBarrier(of(1, 2), unit(3), options),
      message: 'volatility has 3 values for 2 rows',
    },
    { name: 'a negative barrier', run: () => tripleBarrier(of(1, 2), unit(2), { ...options, upper: -1 }), message: 'upper is -1' },
  ])('$name is refused', ({ run, message }) => expect(run).toThrow(message));
});

describe.each(GOLDEN_TAGS)('targets of an independent program, %s', (tag) => {
  const { bars, distance } = goldenFeatures(tag);

  test.each<{ name: string; labels: Labels }>([
    { name: 'next_ret', labels: fixedHorizon(bars, { horizon: 1, target: 'return' }) },
    { name: 'y_dir', labels: fixedHorizon(bars, { horizon: 1, target: 'direction' }) },
    { name: 'y_vol_reg', labels: fixedHorizon(bars, { horizon: 5, target: 'log-volatility' }) },
  ])('$name', ({ name, labels }) => expect(distance(labels.values, name)).toBeLessThan(1e-9));
});
