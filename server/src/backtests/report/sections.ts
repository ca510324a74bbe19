import type { BacktestMetrics, BacktestResult } from '@tidemark/compute/types';
import { assumptionsOf, costsInWords, fillInWords, sizeInWords } from './assumptions.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { ReportFigures } from './figures.ts';
import type { Figure } from './headline.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { formatBarTime, formatNumber, formatPercent, formatSignedUsd, formatUsd, plural } from './number-format.ts';

const LEADING: readonly (keyof BacktestMetrics)[] = ['totalReturn', 'cagr', 'sharpe', 'maxDrawdown', 'trades', 'winRate'];
/** Where green and red belong: money won or lost. */
const COLOURED: readonly (keyof BacktestMetrics)[] = ['totalReturn', 'cagr', 'expectancy'];

function formatFigure({ unit, value }: Figure): string {
  if (unit === 'ratio') return formatPercent(value);
  if (unit === 'usd') return formatUsd(value);
  return formatNumber(value, unit === 'count' ? 0 : 2);
}

function figureCell(figure: Figure): Html {
  const { name, label, value, reason, basis } = figure;
  const shape = COLOURED.includes(name) && value !== null && value !== 0 ? (value > 0 ? 'up' : 'down') : '';
  const sign = shape === '' ? '' : shape === 'up' ? '▲ ' : '▼ ';
  return html`<div class="${LEADING.includes(name) && 'lead'}">
    <dt>${label}</dt>
    <dd class="value ${reason === undefined ? shape : 'missing'}">${sign}${formatFigure(figure)}</dd>
    <dd class="basis">${reason ?? basis}</dd>
  </div>`;
}

export function headlineSection(figures: readonly Figure[]): Html {
  const lead = LEADING.flatMap((name) => figures.filter((figure) => figure.name === name));
  const rest = figures.filter(({ name }) => !LEADING.includes(name));
  return html`<section class="figures" aria-label="Headline figures">${[...lead, ...rest].map(figureCell)}</section>`;
}

export const diagnosticsSection = (diagnostics: readonly Diagnostic[]): Html =>
  html`<section>
    <h2>What to mind</h2>
    <ul class="notes">
      ${diagnostics.map(({ weight, text }) => html`<li class="${weight}">${text}</li>`)}
    </ul>
    ${diagnostics.length === 0 && html`<p class="muted">Nothing stands out.</p>`}
  </section>`;

const pair = (label: string, value: Html | string): Html =>
  html`<dt>${label}</dt>
    <dd>${value}</dd>`;

export interface Identity {
  readonly command: string | undefined;
  readonly engineVersion: string;
}

/** Everything that the result depends on. */
export function identitySection({ strategy, data, options }: BacktestResult, { daily }: ReportFigures, identity: Identity): Html {
  const parameters = Object.entries(strategy.parameters).map(([name, value]) => `${name} = ${value}`);
  return html`<section>
    <h2>Identity</h2>
    <dl class="pairs">
      ${pair('Strategy', strategy.name)} ${pair('Version (SHA-256)', html`<code>${strategy.version}</code>`)}
      ${pair('Parameters', parameters.length > 0 ? parameters.join(', ') : 'none')}
      ${pair('Data', `${data.symbols.join(', ')}: ${plural(data.bars, 'bar')} from ${formatBarTime(data.from, daily)} to ${formatBarTime(data.to, daily)} UTC`)}
      ${pair('Data (SHA-256)', html`<code>${data.hash}</code>`)} ${pair('Starting cash', formatUsd(options.cash))}
      ${pair('Costs', costsInWords(options))} ${pair('Fills', fillInWords(options))} ${pair('Size', sizeInWords(options))}
      ${pair('Periods a year', formatNumber(options.periodsPerYear, 0))} ${pair('Seed', String(options.seed))}
      ${pair('Engine', `Tidemark ${identity.engineVersion}`)}
    </dl>
    ${
      identity.command !== undefined &&
      html`<h3>The command that reproduces it</h3>
        <code class="command">${identity.command}</code>`
    }
  </section>`;
}

export function drawdownSection({ drawdowns, daily }: ReportFigures): Html {
  const rows = drawdowns.map(
    (each, index) =>
      html`<tr>
        <td>${index + 1}</td>
        <td class="down">${formatPercent(each.depth)}</td>
        <td>${formatBarTime(each.peakTime, daily)}</td>
        <td>${formatBarTime(each.troughTime, daily)}</td>
        <td>${each.recoveryTime === null ? 'not recovered' : formatBarTime(each.recoveryTime, daily)}</td>
        <td>${formatNumber(each.barsToTrough, 0)}</td>
        <td>${formatNumber(each.bars, 0)}</td>
      </tr>`,
  );
  return html`<section>
    <h2>Worst drawdowns <small>of equity at the close of each bar, from the high-water mark</small></h2>
    ${
      rows.length === 0
        ? html`<p class="muted">n/a: equity was never below its high-water mark.</p>`
        : html`<div class="scroll">
            <table>
              <thead>
                <tr>
                  <th>#</th>
                  <th>Depth</th>
                  <th>Peak</th>
                  <th>Trough</th>
                  <th>Recovered</th>
                  <th>Bars to trough</th>
                  <th>Bars under water</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
}

const listOf = (rows: readonly (readonly [string, string])[]): Html =>
  html`<dl class="pairs figures-list">${rows.map(([label, value]) => pair(label, value))}</dl>`;

export function distributionList({ distribution, unmeasurable }: ReportFigures): Html {
  if (distribution === undefined) return html`<p class="muted">n/a: ${unmeasurable}.</p>`;
  const { tail95, tail99 } = distribution;
  return listOf([
    ['Best bar', formatPercent(distribution.best)],
    ['Worst bar', formatPercent(distribution.worst)],
    ['Bars above 0', formatPercent(distribution.positiveShare, 1)],
    ['Skew', formatNumber(distribution.skew)],
    ['Excess kurtosis', formatNumber(distribution.excessKurtosis)],
    ['Value at risk, 95 %', tail95 === null ? 'n/a: fewer than 100 returns' : formatPercent(tail95.valueAtRisk)],
    ['Expected shortfall, 95 %', tail95 === null ? 'n/a: fewer than 100 returns' : formatPercent(tail95.expectedShortfall)],
    ['Value at risk, 99 %', tail99 === null ? 'n/a: fewer than 500 returns' : formatPercent(tail99.valueAtRisk)],
    ['Expected shortfall, 99 %', tail99 === null ? 'n/a: fewer than 500 returns' : formatPercent(tail99.expectedShortfall)],
  ]);
}

export function benchmarkSection({ metrics }: BacktestResult, { benchmark, unmeasurable }: ReportFigures): Html {
  if (benchmark === undefined)
    return html`<section class="half">
      <h2>Against baselines</h2>
      <p class="muted">n/a: ${unmeasurable ?? 'needs one symbol, and its bars from the first of the run on'}.</p>
    </section>`;
  const rows: readonly (readonly [string, number, number | null, number])[] = [
    ['This run', metrics.totalReturn, metrics.sharpe, metrics.maxDrawdown],
    [`Buy and hold ${benchmark.symbol}`, benchmark.totalReturn, benchmark.sharpe, benchmark.maxDrawdown],
    ['Cash', 0, null, 0],
  ];
  return html`<section class="half">
    <h2>Against baselines <small>without costs for the baselines</small></h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th></th>
            <th>Total return</th>
            <th>Sharpe</th>
            <th>Drawdown</th>
            <th>Regret</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([label, total, sharpe, drawdown], index) =>
              html`<tr>
                <td>${label}</td>
                <td>${formatPercent(total)}</td>
                <td>${formatNumber(sharpe)}</td>
                <td>${formatPercent(drawdown)}</td>
                <td>${index === 0 ? '' : formatPercent(total - metrics.totalReturn)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <h3>Against ${benchmark.symbol}, bar by bar</h3>
    ${listOf([
      ['Alpha, annual', formatPercent(benchmark.alpha)],
      ['Beta', formatNumber(benchmark.beta)],
      ['Correlation', formatNumber(benchmark.correlation)],
      ['Information ratio', formatNumber(benchmark.informationRatio)],
      ['Tracking error, annual', formatPercent(benchmark.trackingError)],
    ])}
  </section>`;
}

export function selectionSection({ options }: BacktestResult, { sharpe, unmeasurable }: ReportFigures): Html {
  const unknown = `n/a: ${unmeasurable ?? 'equity never moved'}`;
  const alone = 'n/a: needs the number of trials, which one run does not know';
  return html`<section class="half">
    <h2>Selection <small>how far to trust the Sharpe ratio</small></h2>
    ${listOf([
      ['Sharpe ratio, 95 % interval', sharpe === undefined ? unknown : `${formatNumber(sharpe.low)} to ${formatNumber(sharpe.high)}`],
      ['PSR: probability that it is above 0', sharpe === undefined ? unknown : formatPercent(sharpe.psr, 1)],
      [
        'Minimum track record, 95 %',
        sharpe === undefined
          ? unknown
          : !Number.isFinite(sharpe.trackRecordMin)
            ? 'n/a: the ratio is not above 0'
            : `${formatNumber(sharpe.trackRecordMin / options.periodsPerYear, 1)} years`,
      ],
      ['DSR: the same, after all trials', alone],
      ['PBO: probability of overfitting', alone],
      ['Walk-forward efficiency', 'n/a: no walk-forward was run'],
    ])}
  </section>`;
}

export const assumptionsSection = (result: BacktestResult, figures: ReportFigures): Html =>
  html`<section class="long">
    <h2>Assumptions</h2>
    <ul class="assumptions">
      ${assumptionsOf(result, figures).map((text) => html`<li>${text}</li>`)}
    </ul>
  </section>`;

export function tripList({ tripSummary: trips }: ReportFigures): Html {
  return listOf([
    ['Closed, open at the end', `${trips.closed}, ${trips.open}`],
    ['Won, lost', `${trips.wins}, ${trips.losses}`],
    ['Longest run of wins, of losses', `${trips.winStreakMax}, ${trips.lossStreakMax}`],
    ['Bars held: mean', formatNumber(trips.barsHeldMean, 1)],
    ['Bars held: median, longest', `${formatNumber(trips.barsHeldMedian, 1)}, ${formatNumber(trips.barsHeldMax, 0)}`],
    ['Best trade', formatSignedUsd(trips.best)],
    ['Worst trade', formatSignedUsd(trips.worst)],
    ['Best trade, of all winnings', formatPercent(trips.bestShare, 1)],
  ]);
}
