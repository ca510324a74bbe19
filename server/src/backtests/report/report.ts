import type { Statistics } from '@tidemark/compute/statistics';
import type { BacktestResult } from '@tidemark/compute/types';
import { badgesOf } from '../badges.ts';
import { isHolding } from './baselines/baselines.ts';
import { baselineSection, benchmarkSection } from './baseline-sections.ts';
import { coneSection } from './cone-section.ts';
import { costsSection } from './cost-sections.ts';
import { diagnosticsOf } from './diagnostics.ts';
import type { Diagnostic } from './diagnostic.ts';
import { equityChart, rollingBetaChart, rollingSharpeChart, rollingVolatilityChart, underwaterChart } from './equity-charts.ts';
import { reportFiguresOf } from './figures.ts';
import type { ReportFigures, ReportInputs } from './figures.ts';
import { embedJson, html } from './html.ts';
import type { Html } from './html.ts';
import { formatBarTime, formatNumber, plural } from './number-format.ts';
import { pageOf } from './page.ts';
import { histogramChart, monthlyHeatMap } from './return-charts.ts';
import { distributionList } from './return-sections.ts';
import { assumptionsSection, diagnosticsSection, drawdownSection, headlineSection, identitySection } from './sections.ts';
import { selectionSection } from './selection-section.ts';
import { denialsSection, tradeListSection, tradesSections } from './trade-sections.ts';

export interface ReportContext extends ReportInputs {
  readonly title?: string;
  /** The command that runs the same backtest again. */
  readonly command?: string;
  readonly engineVersion: string;
}

/** Arrays that JSON would write as objects made plain, and curves without their times, which are those of the run. */
function plainFigures({ underwater, baselines, benchmark: _same, trips, ...figures }: ReportFigures, diagnostics: readonly Diagnostic[]) {
  const { holding } = baselines;
  const plainHolding = isHolding(holding) ? { ...holding, curve: holding.curve.map(({ equity }) => equity) } : holding;
  return {
    ...figures,
    diagnostics,
    underwater: [...underwater],
    baselines: { ...baselines, holding: plainHolding },
    benchmark: isHolding(holding) ? plainHolding : null,
    excursions: trips.map(({ adverse, favourable }) => ({ adverse, favourable })),
  };
}

function reportData(result: BacktestResult, context: ReportContext, figures: ReportFigures, diagnostics: readonly Diagnostic[]) {
  const { engineVersion, command = null, title = null } = context;
  return { format: 1, engineVersion, title, command, result, figures: plainFigures(figures, diagnostics) };
}

/** Everything that the report shows, as JSON: the result, and the figures derived from it. The same text for the same run. */
export function reportJson(result: BacktestResult, context: ReportContext, statistics: Statistics): string {
  const figures = reportFiguresOf(result, statistics, context);
  return `${JSON.stringify(reportData(result, context, figures, diagnosticsOf(result, figures)), undefined, 2)}\n`;
}

function rollingBeta(figures: ReportFigures): Html {
  const { holding } = figures.baselines;
  return isHolding(holding) ? rollingBetaChart(figures) : html`<p class="muted">n/a: ${holding.reason}.</p>`;
}

function chartSections(result: BacktestResult, figures: ReportFigures): Html {
  const { rolling, distribution, months, ruined, unmeasurable } = figures;
  const needsBars = html`<p class="muted">
    n/a: ${ruined ? 'equity reached zero' : `needs more than ${formatNumber(rolling.window, 0)} bars`}.
  </p>`;
  const basis = html`<small>of the last ${formatNumber(rolling.window, 0)} bars, annual</small>`;
  return html`<section class="curve">
      <h2>Equity and drawdown <small>marked at the close of each bar</small></h2>
      ${equityChart(result, figures)} ${underwaterChart(result, figures)}
    </section>
    <section>
      <h2>Returns by month and year</h2>
      ${months.length === 0 ? html`<p class="muted">n/a: ${ruined ? 'equity reached zero' : 'there are no bars'}.</p>` : monthlyHeatMap(figures)}
    </section>
    <section class="third">
      <h2>Rolling Sharpe ratio ${basis}</h2>
      ${rolling.points.length < 2 ? needsBars : rollingSharpeChart(figures)}
    </section>
    <section class="third">
      <h2>Rolling volatility ${basis}</h2>
      ${rolling.points.length < 2 ? needsBars : rollingVolatilityChart(figures)}
    </section>
    <section class="third">
      <h2>Rolling beta <small>of the last ${formatNumber(rolling.window, 0)} bars, to holding</small></h2>
      ${rolling.points.length < 2 ? needsBars : rollingBeta(figures)}
    </section>
    ${drawdownSection(result, figures)}
    <section class="two-thirds">
      <h2>Distribution of returns <small>of one bar; the dashed line is the value at risk, 95 %</small></h2>
      ${
        distribution === undefined || distribution.histogram.length === 0
          ? html`<p class="muted">n/a: ${unmeasurable ?? 'equity never moved'}.</p>`
          : histogramChart(distribution)
      }
    </section>
    <section class="third">
      <h2>Tails</h2>
      ${distributionList(figures)}
    </section>
    ${coneSection(result, figures)}`;
}

/** One run as one HTML file: the same bytes for the same run. */
export function renderReport(result: BacktestResult, context: ReportContext, statistics: Statistics): string {
  const figures = reportFiguresOf(result, statistics, context);
  const diagnostics = diagnosticsOf(result, figures);
  const { data, strategy } = result;
  const { daily, timeframe } = figures;
  const bars = `${plural(data.bars, 'bar')}${timeframe === undefined ? '' : ` of ${timeframe}`}`;
  const span = `${formatBarTime(data.from, daily)} to ${formatBarTime(data.to, daily)}, ${bars}`;
  return pageOf({
    title: context.title ?? `${strategy.name} on ${data.symbols.join(', ')}`,
    label: 'Tidemark backtest report',
    badges: badgesOf(result, statistics, figures.selection),
    subtitle: html`${span} · simulated, net of the costs below · version <code>${strategy.version.slice(0, 12)}</code>`,
    body: html`${headlineSection(figures.headline)} ${diagnosticsSection(diagnostics)} ${chartSections(result, figures)}
    ${baselineSection(result, figures)} ${benchmarkSection(figures)} ${selectionSection(result, figures)} ${costsSection(figures)}
    ${tradesSections(figures)} ${denialsSection(result, figures)}
    ${identitySection(result, figures, { command: context.command, engineVersion: context.engineVersion })}
    ${assumptionsSection(result, figures)} ${tradeListSection(figures)}`,
    footer: 'A backtest is a simulation on the past. It promises nothing about the future, and it is not advice.',
    data: embedJson('report-data', reportData(result, context, figures, diagnostics)),
  });
}
