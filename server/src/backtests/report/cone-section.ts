import type { BacktestResult } from '@tidemark/compute/types';
import { legend } from './equity-charts.ts';
import type { ReportFigures } from './figures.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { listOf } from './lists.ts';
import { formatBarTime, formatNumber, formatPercent, formatSignedPercent, formatUsd, formatUsdShort } from './number-format.ts';
import { bandPath, hoverColumns, linePath, plot, timeLabels, WIDTH } from './plot.ts';
import type { ResampledEquity } from './resampled-equity.ts';
import { extentOf, linear, ticksOf, timeTicksOf } from './scale.ts';

const HEIGHT = 220;
const TIME_TICKS = 8;

/** Dollars of one share of the accounts at each point; all begin with the same cash. */
const lineOf = (cone: ResampledEquity, place: number, cash: number): readonly number[] => [
  cash,
  ...cone.points.map(({ wealth }) => (wealth[place] ?? Number.NaN) * cash),
];

const shareText = (share: number): string => formatPercent(share, 0);

/** What so many of the accounts stay below, with the run among them. */
function coneChart({ equity, options: { cash } }: BacktestResult, { daily }: ReportFigures, cone: ResampledEquity): Html {
  const lines = cone.shares.map((_, place) => lineOf(cone, place, cash));
  const [low = [], lowQuarter = [], median = [], highQuarter = [], high = []] = lines;
  const bars = [0, ...cone.points.map(({ bar }) => bar)];
  const own = [cash, ...equity.map((point) => point.equity)];
  // The run is drawn from its cash on, a bar before its first close.
  const x = linear([0, Math.max(1, own.length - 1)], [0, WIDTH]);
  const domain = extentOf([...low, ...high, ...own], 0.04);
  const y = linear(domain, [HEIGHT, 0]);
  const at = (point: number): number => x(bars[point] ?? 0);
  const times = [equity[0]?.time ?? '', ...equity.map(({ time }) => time)];
  const tell = (point: number): string => {
    const bar = bars[point] ?? 0;
    const spans = cone.shares.map((share, place) => `${shareText(share)} below ${formatUsd(lines[place]?.[point] ?? null)}`);
    return `${formatBarTime(times[bar] ?? '', daily)}: run ${formatUsd(own[bar] ?? null)}; ${spans.join(', ')}`;
  };
  const [wide, core] = [cone.shares[0] ?? 0, cone.shares[1] ?? 0];
  return html`${legend([
    { kind: 'account', text: 'Run' },
    { kind: 'median', text: 'Median account' },
    { kind: 'core', text: `${shareText(core)} to ${shareText(1 - core)} of the accounts` },
    { kind: 'wide', text: `${shareText(wide)} to ${shareText(1 - wide)}` },
  ])}
  ${plot({
    label: `Equity of ${formatNumber(cone.paths, 0)} accounts that draw the run’s returns anew: at the end ${shareText(wide)} of them are below ${formatUsd(low.at(-1) ?? null)}, half below ${formatUsd(median.at(-1) ?? null)}, ${shareText(wide)} above ${formatUsd(high.at(-1) ?? null)}`,
    height: HEIGHT,
    marks: html`<path class="cone wide" d="${bandPath({ low, high, x: at, y })}" /><path
        class="cone core"
        d="${bandPath({ low: lowQuarter, high: highQuarter, x: at, y })}"
      /><path class="line median" d="${linePath({ values: median, x: at, y })}" /><path
        class="line account"
        d="${linePath({ values: own, x, y })}"
      />${hoverColumns(bars.length, at, HEIGHT, tell)}`,
    yTicks: ticksOf(domain, 5).map((value) => ({ y: y(value), label: formatUsdShort(value, Math.abs(domain[1])) })),
    xTicks: timeLabels(timeTicksOf(times, TIME_TICKS), x),
  })}`;
}

function endList(cone: ResampledEquity): Html {
  const ends = cone.points.at(-1)?.wealth ?? [];
  return html`${listOf([
      ...cone.shares.map((share, place): readonly [string, string] => [
        share === 0.5 ? 'Half of them below' : `${shareText(share)} of them below`,
        formatSignedPercent((ends[place] ?? Number.NaN) - 1, 1),
      ]),
      ['At a loss', formatPercent(cone.lossShare, 1)],
    ])}
    <p class="muted">
      Drawn from the run’s own returns in blocks of ${formatNumber(cone.blockLength, 0)} bars on average, by the stationary bootstrap with
      seed ${cone.seed}. It tells how far luck may carry returns like these, not whether there will be any.
    </p>`;
}

/** The fan of what the same returns might have come to. */
export function coneSection(result: BacktestResult, figures: ReportFigures): Html {
  const { cone } = figures;
  if ('reason' in cone)
    return html`<section>
      <h2>Monte Carlo cone</h2>
      <p class="muted">n/a: ${cone.reason}.</p>
    </section>`;
  const heading = html`<h2>
    Monte Carlo cone <small>of ${formatNumber(cone.paths, 0)} accounts that draw the run’s returns anew</small>
  </h2>`;
  return html`<section class="two-thirds broad">${heading}${coneChart(result, figures, cone)}</section>
    <section class="third">
      <h2>Where they end <small>total return</small></h2>
      ${endList(cone)}
    </section>`;
}
