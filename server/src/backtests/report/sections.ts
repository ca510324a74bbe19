import type { BacktestMetrics, BacktestResult } from '@tidemark/compute/types';
import { assumptionsOf, costsInWords, fillInWords, sizeInWords } from './assumptions.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { ReportFigures } from './figures.ts';
import type { Figure } from './headline.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { pair } from './lists.ts';
import { formatBarTime, formatNumber, formatPercent, formatUsd, plural } from './number-format.ts';

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

export interface Identity {
  readonly command: string | undefined;
  readonly engineVersion: string;
}

/** Everything that the result depends on. */
export function identitySection(
  { strategy, data, options }: BacktestResult,
  { daily, timeframe }: ReportFigures,
  identity: Identity,
): Html {
  const parameters = Object.entries(strategy.parameters).map(([name, value]) => `${name} = ${value}`);
  return html`<section>
    <h2>Identity</h2>
    <dl class="pairs">
      ${pair('Strategy', strategy.name)} ${pair('Version (SHA-256)', html`<code>${strategy.version}</code>`)}
      ${pair('Parameters', parameters.length > 0 ? parameters.join(', ') : 'none')}
      ${pair('Data', `${data.symbols.join(', ')}: ${plural(data.bars, 'bar')} ${timeframe === undefined ? '' : `of ${timeframe} `}from ${formatBarTime(data.from, daily)} to ${formatBarTime(data.to, daily)} UTC`)}
      ${pair('Data (SHA-256)', html`<code>${data.hash}</code>`)}
      ${data.actionsHash !== undefined && pair('Dividends and splits (SHA-256)', html`<code>${data.actionsHash}</code>`)}
      ${data.finerHash !== undefined && pair('Finer bars (SHA-256)', html`<code>${data.finerHash}</code>`)}
      ${pair('Starting cash', formatUsd(options.cash))} ${pair('Costs', costsInWords(options))} ${pair('Fills', fillInWords(options))}
      ${pair('Size', sizeInWords(options))} ${pair('Periods a year', formatNumber(options.periodsPerYear, 0))}
      ${pair('Seed', String(options.seed))} ${pair('Engine', `Tidemark ${identity.engineVersion}`)}
    </dl>
    ${
      identity.command !== undefined &&
      html`<h3>The command that reproduces it</h3>
        <code class="command">${identity.command}</code>`
    }
  </section>`;
}

export function drawdownSection({ data }: BacktestResult, { drawdowns, daily, ruined }: ReportFigures): Html {
  const rows = drawdowns.map(
    (each, index) =>
      html`<tr>
        <td>${index + 1}</td>
        <td class="down">${formatPercent(each.depth)}</td>
        <td>${formatBarTime(each.peakTime ?? data.from, daily)}</td>
        <td>${formatBarTime(each.troughTime ?? '', daily)}</td>
        <td>${each.recoveryTime === null ? 'not recovered' : formatBarTime(each.recoveryTime, daily)}</td>
        <td>${formatNumber(each.barsToTrough, 0)}</td>
        <td>${formatNumber(each.bars, 0)}</td>
      </tr>`,
  );
  return html`<section>
    <h2>Worst drawdowns <small>of equity at the close of each bar, from the high-water mark</small></h2>
    ${
      rows.length === 0
        ? html`<p class="muted">n/a: ${ruined ? 'equity reached zero' : 'equity was never below its high-water mark'}.</p>`
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

export const assumptionsSection = (result: BacktestResult, figures: ReportFigures): Html =>
  html`<section class="long">
    <h2>Assumptions</h2>
    <ul class="assumptions">
      ${assumptionsOf(result, figures).map((text) => html`<li>${text}</li>`)}
    </ul>
  </section>`;
