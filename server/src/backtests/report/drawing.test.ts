import { describe, expect, test } from 'vitest';
import { embedJson, html } from './html.ts';
import { formatNumber, formatPercent, formatSignedUsd, formatUsd, formatUsdShort } from './number-format.ts';
import { bandPath } from './plot.ts';
import { decimate, extentOf, ticksOf, timeTicksOf } from './scale.ts';
import { histogramOf, quantileOf } from './histogram.ts';

test.each([
  { text: formatUsd(1234567.891), is: '$1,234,567.89' },
  { text: formatUsd(-0.004), is: '$0.00' },
  { text: formatUsd(-12), is: '−$12.00' },
  { text: formatSignedUsd(12.5), is: '+$12.50' },
  { text: formatSignedUsd(0), is: '$0.00' },
  { text: formatPercent(-0.12345), is: '−12.35 %' },
  { text: formatPercent(null), is: 'n/a' },
  { text: formatNumber(Number.NaN), is: 'n/a' },
  { text: formatNumber(1000, 0), is: '1,000' },
  { text: formatUsdShort(104_000), is: '$104k' },
  { text: formatUsdShort(5_000, 20_000), is: '$5k' },
  { text: formatUsdShort(-2_500_000), is: '−$2.5M' },
  { text: formatUsdShort(250), is: '$250' },
  { text: formatUsdShort(0, 1e6), is: '$0' },
])('$is', ({ text, is }) => expect(text).toBe(is));

test('texts are escaped, markup is not escaped twice, nothing is nothing', () => {
  const inner = html`<b title="${`a"b`}">${'<&>'}</b>`;
  expect(html`${inner}${undefined}${false}${[1, 'x']}`.markup).toBe('<b title="a&quot;b">&lt;&amp;&gt;</b>1x');
});

test('JSON cannot leave its element', () => {
  const { markup } = embedJson('id', { text: '</script><!--\u2028' });
  expect(markup.match(/<\/script/g)).toHaveLength(1);
  expect(markup).not.toContain('<!--');
  expect(JSON.parse(markup.replace(/^<script[^>]*>|<\/script>$/g, ''))).toEqual({ text: '</script><!--\u2028' });
});

test('a band goes along its upper line and back along its lower one', () => {
  const x = (index: number): number => index * 10;
  const y = (value: number): number => 100 - value;
  expect(bandPath({ low: [1, 2], high: [3, 5], x, y })).toBe('M0 97L10 95L10 98L0 99Z');
  expect(bandPath({ low: [], high: [], x, y })).toBe('');
});

describe('axes', () => {
  test.each([
    { span: [0, 10] as const, count: 5, ticks: [0, 2, 4, 6, 8, 10] },
    { span: [-4.1, 4.9] as const, count: 4, ticks: [-4, -2, 0, 2, 4] },
    { span: [3, 3] as const, count: 4, ticks: [3] },
  ])('ticks of $span', ({ span, count, ticks }) => expect(ticksOf(span, count)).toEqual(ticks));

  test('an extent needs a number', () => {
    expect(extentOf([Number.NaN, 2, 4])).toEqual([2, 4]);
    expect(extentOf([])).toEqual([0, 1]);
    const [low, high] = extentOf([5, 5]);
    expect(low < 5 && high > 5).toBe(true);
  });

  test('thinning keeps the ends and every extreme', () => {
    const values = Array.from({ length: 9_999 }, (_, index) => (index === 4_321 ? 50 : Math.sin(index)));
    const kept = decimate(values, 100);
    expect(kept.length).toBeLessThanOrEqual(400);
    expect(kept).toContain(4_321);
    expect([kept[0], kept.at(-1)]).toEqual([0, 9_998]);
    expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  });

  test('time is told by years, months or days', () => {
    const days = (count: number): string[] =>
      Array.from({ length: count }, (_, day) => new Date(Date.UTC(2019, 10, 25) + day * 86_400_000).toISOString());
    expect(timeTicksOf(days(2_000), 11).map(({ label }) => label)).toEqual(['2020', '2021', '2022', '2023', '2024', '2025']);
    expect(timeTicksOf(days(120), 11).map(({ label }) => label)).toEqual(['Dec', '2020', 'Feb', 'Mar']);
    expect(timeTicksOf(days(5), 11).map(({ label }) => label)).toEqual(['26 Nov', '27 Nov', '28 Nov', '29 Nov']);
  });
});

test('bins hold every value once', () => {
  const sorted = Float64Array.of(-2, -1, 0, 1, 2);
  expect(histogramOf(sorted, 4).map(({ count }) => count)).toEqual([1, 1, 1, 2]);
  expect(histogramOf(Float64Array.of(1, 1), 4)).toEqual([]);
  expect(quantileOf(sorted, 0.5)).toBe(0);
});
