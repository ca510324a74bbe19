import type { BacktestResult } from '@tidemark/compute/types';
import { badgesOf } from '../badges.ts';
import { isHolding } from './baselines/baselines.ts';
import { baselineSection, benchmarkSection } from './baseline-sections.ts';
import { costsSection } from './cost-sections.ts';
import { diagnosticsOf } from './diagnostics.ts';
import type { Diagnostic } from './diagnostic.ts';
import { equityChart, rollingBetaChart, rollingSharpeChart, rollingVolatilityChart, underwaterChart } from './equity-charts.ts';
import { reportFiguresOf } from './figures.ts';
import type { ReportFigures, ReportInputs } from './figures.ts';
import { embedJson, html } from './html.ts';
import type { Html } from './html.ts';
import { formatBarTime, formatNumber, plural } from './number-format.ts';
import { histogramChart, monthlyHeatMap } from './return-charts.ts';
import { distributionList } from './return-sections.ts';
import { assumptionsSection, diagnosticsSection, drawdownSection, headlineSection, identitySection } from './sections.ts';
import { selectionSection } from './selection-section.ts';
import { STYLE } from './style.ts';
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
export function reportJson(result: BacktestResult, context: ReportContext): string {
  const figures = reportFiguresOf(result, context);
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
    ${drawdownSection(figures)}
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
    </section>`;
}

const LABEL = 'Tidemark backtest report';

/**
 * One run as one HTML file: it opens offline, asks for nothing, follows light and dark, and prints to A4. The same bytes for the same
 * run. It holds no script but the data, as JSON.
 */
export function renderReport(result: BacktestResult, context: ReportContext): string {
  const figures = reportFiguresOf(result, context);
  const diagnostics = diagnosticsOf(result, figures);
  const { data, strategy } = result;
  const title = context.title ?? `${strategy.name} on ${data.symbols.join(', ')}`;
  const span = `${formatBarTime(data.from, figures.daily)} to ${formatBarTime(data.to, figures.daily)}, ${plural(data.bars, 'bar')}`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${LABEL}</title>
        <link rel="icon" href="data:," />
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1>${title}</h1>
            ${badgesOf(result, figures.selection).map((badge) => html`<span class="chip">${badge}</span>`)}
            <span class="brand">${LABEL}</span>
            <span class="sub">${span} · simulated, net of the costs below · version <code>${strategy.version.slice(0, 12)}</code></span>
          </header>
          ${headlineSection(figures.headline)} ${diagnosticsSection(diagnostics)} ${chartSections(result, figures)}
          ${baselineSection(result, figures)} ${benchmarkSection(figures)} ${selectionSection(result, figures)} ${costsSection(figures)}
          ${tradesSections(figures)} ${denialsSection(result, figures)}
          ${identitySection(result, figures, { command: context.command, engineVersion: context.engineVersion })}
          ${assumptionsSection(result, figures)} ${tradeListSection(figures)}
          <footer>A backtest is a simulation on the past. It promises nothing about the future, and it is not advice.</footer>
        </main>
        ${embedJson('report-data', reportData(result, context, figures, diagnostics))}
      </body>
    </html> `;
  return page.markup;
}
