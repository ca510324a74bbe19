import type { BacktestResult } from '@tidemark/compute/types';
import type { ReportFigures } from './figures.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { formatBarTime, formatNumber, formatPercent, formatSignedPercent, formatUsd, formatUsdShort } from './number-format.ts';
import { areaPath, at, hoverColumns, linePath, plot, timeLabels, WIDTH } from './plot.ts';
import { extentOf, linear, ticksOf, timeTicksOf } from './scale.ts';

const EQUITY_HEIGHT = 280;
const UNDERWATER_HEIGHT = 96;
const ROLLING_HEIGHT = 130;
const TIME_TICKS = 11;

interface Key {
  readonly kind: string;
  readonly text: string;
}

export const legend = (keys: readonly Key[]): Html =>
  html`<p class="legend">${keys.map(({ kind, text }) => html`<span><i class="key ${kind}"></i>${text}</span>`)}</p>`;

/** Equity over the bars, with its high-water mark and what holding would have given. */
export function equityChart({ equity, options, metrics }: BacktestResult, { benchmark, daily, underwater }: ReportFigures): Html {
  const values = equity.map((point) => point.equity);
  const held = benchmark?.curve.map((point) => point.equity) ?? [];
  const marks = values.map((value, index) => value / (1 + (underwater[index] ?? 0)));
  const domain = extentOf([...values, ...held, options.cash], 0.04);
  const x = linear([0, Math.max(1, values.length - 1)], [0, WIDTH]);
  const y = linear(domain, [EQUITY_HEIGHT, 0]);
  const times = equity.map(({ time }) => time);
  const tell = (index: number): string =>
    `${formatBarTime(times[index] ?? '', daily)}: equity ${formatUsd(values[index] ?? null)}, drawdown ${formatPercent(underwater[index] ?? null)}` +
    (benchmark === undefined ? '' : `, buy and hold ${formatUsd(held[index] ?? null)}`);
  const last = values.at(-1) ?? options.cash;
  return html`${legend([
    { kind: 'account', text: `Run ${formatSignedPercent(metrics.totalReturn)}` },
    ...(benchmark === undefined ? [] : [{ kind: 'held', text: `${benchmark.name} ${formatSignedPercent(benchmark.totalReturn)}` }]),
    { kind: 'mark', text: 'High-water mark' },
  ])}
  ${plot({
    label: `Equity from ${formatUsd(options.cash)} to ${formatUsd(last)}`,
    height: EQUITY_HEIGHT,
    marks: html`<defs>
        <linearGradient id="under" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" class="fill-from" />
          <stop offset="1" class="fill-to" />
        </linearGradient>
      </defs>
      <path class="under" d="${areaPath({ values, x, y }, domain[0])}" /><path
        class="line mark"
        d="${linePath({ values: marks, x, y })}"
      /><path class="line held" d="${linePath({ values: held, x, y })}" /><path
        class="line account"
        d="${linePath({ values, x, y })}"
      />${hoverColumns(values.length, x, EQUITY_HEIGHT, tell)}`,
    yTicks: ticksOf(domain, 5).map((value) => ({ y: y(value), label: formatUsdShort(value, Math.abs(domain[1])) })),
    xTicks: [],
    dot: { x: WIDTH, y: y(last), kind: 'account' },
  })}`;
}

export function underwaterChart({ equity }: BacktestResult, { underwater, daily }: ReportFigures): Html {
  const deepest = Math.min(-1e-4, extentOf(underwater)[0]);
  const x = linear([0, Math.max(1, underwater.length - 1)], [0, WIDTH]);
  const y = linear([deepest * 1.05, 0], [UNDERWATER_HEIGHT, 0]);
  const times = equity.map(({ time }) => time);
  const series = { values: underwater, x, y };
  const decimals = deepest > -0.02 ? 1 : 0;
  return plot({
    label: `Drawdown from the high-water mark, at worst ${formatPercent(extentOf(underwater)[0])}`,
    height: UNDERWATER_HEIGHT,
    marks: html`<path class="loss-area" d="${areaPath(series, 0)}" /><path class="line loss" d="${linePath(series)}" />${hoverColumns(
        underwater.length,
        x,
        UNDERWATER_HEIGHT,
        (index) => `${formatBarTime(times[index] ?? '', daily)}: ${formatPercent(underwater[index] ?? null)} from the high-water mark`,
      )}`,
    yTicks: ticksOf([deepest, 0], 3).map((value) => ({ y: y(value), label: formatPercent(value, decimals) })),
    xTicks: timeLabels(timeTicksOf(times, TIME_TICKS), x),
  });
}

interface RollingChart {
  readonly label: string;
  readonly kind: string;
  readonly values: readonly number[];
  readonly format: (value: number) => string;
  /** A line that means something: nothing gained, or all of the benchmark. */
  readonly level?: number;
}

function rollingChart({ rolling, daily }: ReportFigures, { label, kind, values, format, level }: RollingChart): Html {
  const times = rolling.points.map(({ time }) => time);
  const domain = extentOf(level === undefined ? values : [...values, level], 0.06);
  const x = linear([0, Math.max(1, values.length - 1)], [0, WIDTH]);
  const y = linear(domain, [ROLLING_HEIGHT, 0]);
  const tell = (index: number): string => `${formatBarTime(times[index] ?? '', daily)}: ${label} ${format(values[index] ?? Number.NaN)}`;
  return plot({
    label: `Rolling ${label}`,
    height: ROLLING_HEIGHT,
    marks: html`${level !== undefined && html`<line class="zero" x1="0" x2="${WIDTH}" y1="${at(y(level))}" y2="${at(y(level))}" />`}<path
        class="line ${kind}"
        d="${linePath({ values, x, y })}"
      />${hoverColumns(values.length, x, ROLLING_HEIGHT, tell)}`,
    yTicks: ticksOf(domain, 4).map((value) => ({ y: y(value), label: format(value) })),
    xTicks: timeLabels(timeTicksOf(times, 6), x),
  });
}

export const rollingSharpeChart = (figures: ReportFigures): Html =>
  rollingChart(figures, {
    label: 'Sharpe ratio',
    kind: 'account',
    values: figures.rolling.points.map(({ sharpe }) => sharpe),
    format: (value) => formatNumber(value, 1),
    level: 0,
  });

export const rollingVolatilityChart = (figures: ReportFigures): Html =>
  rollingChart(figures, {
    label: 'volatility',
    kind: 'held',
    values: figures.rolling.points.map(({ volatility }) => volatility),
    format: (value) => formatPercent(value, 0),
  });

export const rollingBetaChart = (figures: ReportFigures): Html =>
  rollingChart(figures, {
    label: 'beta',
    kind: 'account',
    values: figures.rolling.points.map(({ beta }) => beta),
    format: (value) => formatNumber(value, 1),
    level: 0,
  });
