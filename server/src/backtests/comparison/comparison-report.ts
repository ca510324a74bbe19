import type { Statistics } from '@tidemark/compute/statistics';
import type { BacktestResult } from '@tidemark/compute/types';
import { badgesOf } from '../badges.ts';
import { embedJson, html } from '../report/html.ts';
import type { Html } from '../report/html.ts';
import { formatBarTime, formatNumber, formatPercent, formatUsd, plural } from '../report/number-format.ts';
import { pageOf } from '../report/page.ts';
import { compareRuns } from './compare-runs.ts';
import type { ComparedMetric, RunComparison } from './compare-runs.ts';
import { curvesChart, curvesTable, lineKey } from './comparison-charts.ts';

interface RunsRow {
  readonly label: string;
  /** A cell of each run. */
  readonly cells: readonly Html[];
}

/** A column for each run. */
function runsTable(runs: RunComparison['runs'], rows: readonly RunsRow[], kind: string | false = false): Html {
  return html`<table class="${kind}">
    <thead>
      <tr>
        <th></th>
        ${runs.map(({ label }) => html`<th>${label}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ label, cells }) =>
          html`<tr>
            <td>${label}</td>
            ${cells}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function figureText({ unit, values, reasons }: ComparedMetric, run: number): Html {
  const [value = null, reason] = [values[run], reasons[run]];
  if (reason !== null && reason !== undefined) return html`<span class="muted" title="${reason}">n/a</span>`;
  const text = unit === 'ratio' ? formatPercent(value) : unit === 'usd' ? formatUsd(value) : formatNumber(value, unit === 'count' ? 0 : 2);
  return html`${text}`;
}

/** Why figures are missing, a run at a time. */
function missingInWords({ metrics, runs }: RunComparison): readonly string[] {
  return runs.flatMap(({ label }, run) => {
    const reasons = [...new Set(metrics.map(({ reasons: all }) => all[run]).filter((reason) => typeof reason === 'string'))];
    return reasons.length === 0 ? [] : [`${label}: ${reasons.join('; ')}`];
  });
}

/** Headline figures side by side, withheld where a report of the run alone withholds them. */
function headlineTable(comparison: RunComparison): Html {
  const { metrics, runs } = comparison;
  const missing = missingInWords(comparison);
  return html`<section>
    <h2>Headline figures <small>net of each run’s own costs</small></h2>
    <div class="scroll">
      ${runsTable(
        runs,
        metrics.map((metric) => ({ label: metric.label, cells: runs.map((_, run) => html`<td>${figureText(metric, run)}</td>`) })),
      )}
    </div>
    ${missing.length > 0 && html`<p class="muted">n/a in ${missing.join(' · ')}.</p>`}
  </section>`;
}

function differencesTable({ differences, runs, sentences }: RunComparison): Html {
  return html`<section>
    <h2>What differs</h2>
    <ul class="notes">
      ${sentences.map((text) => html`<li class="${/differ/i.test(text) ? 'warn' : 'note'}">${text}</li>`)}
    </ul>
    ${
      differences.length > 0 &&
      html`<div class="scroll">
        ${runsTable(
          runs,
          differences.map(({ name, values }) => ({
            label: name,
            cells: values.map(
              (value) => html`<td>${/^[0-9a-f]{64}$/.test(value) ? html`<code>${value.slice(0, 12)}…</code>` : value}</td>`,
            ),
          })),
          'differs',
        )}
      </div>`
    }
  </section>`;
}

function correlationTable({ runs, pairs }: RunComparison): Html {
  const pairOf = (a: string, b: string) =>
    pairs.find(({ first, second }) => (first === a && second === b) || (first === b && second === a));
  const cell = (a: string, b: string): Html => {
    if (a === b) return html`<td class="muted">1</td>`;
    const pair = pairOf(a, b);
    if (pair?.correlation === null || pair === undefined)
      return html`<td class="muted" title="${plural(pair?.commonBars ?? 0, 'common bar')}">n/a</td>`;
    return html`<td title="${plural(pair.commonBars, 'common bar')}">${formatNumber(pair.correlation)}</td>`;
  };
  const withheld = pairs.filter(({ correlation }) => correlation === null);
  return html`<section class="half">
    <h2>Correlation of returns <small>at the bars that both have</small></h2>
    ${runsTable(
      runs,
      runs.map((row) => ({ label: row.label, cells: runs.map((column) => cell(row.label, column.label)) })),
    )}
    ${
      withheld.length > 0 &&
      html`<p class="muted">
        n/a where fewer than 30 bars are common or one never moved:
        ${withheld.map(({ first, second, commonBars }) => `${first}–${second} (${plural(commonBars, 'common bar')})`).join(', ')}.
      </p>`
    }
  </section>`;
}

function runsSection(results: readonly BacktestResult[], { runs }: RunComparison, daily: boolean, statistics: Statistics): Html {
  return html`<section class="half">
    <h2>The runs</h2>
    <dl class="pairs">
      ${runs.map(({ label, name }, index) => {
        const result = results[index];
        if (result === undefined) return html``;
        const parameters = Object.entries(result.strategy.parameters).map(([key, value]) => `${key} = ${value}`);
        return html`<dt><b>${label}</b> ${lineKey(index)}</dt>
          <dd>
            ${name} on ${result.data.symbols.join(', ')}, ${formatBarTime(result.data.from, daily)} to
            ${formatBarTime(result.data.to, daily)}; ${parameters.join(', ')}
            ${badgesOf(result, statistics).map((badge) => html`<span class="chip">${badge}</span> `)}
          </dd>`;
      })}
    </dl>
  </section>`;
}

/** Two to five runs as one HTML file like a report: the same bytes for the same runs in the same order. */
export function renderComparison(
  results: readonly BacktestResult[],
  { title, engineVersion }: { title?: string; engineVersion: string },
  statistics: Statistics,
): string {
  const comparison = compareRuns(results, statistics);
  const daily = comparison.times.every((time) => /T00:00:00(?:\.000)?Z$/.test(time));
  return pageOf({
    title: title ?? `${comparison.runs.length} runs beside each other`,
    label: 'Tidemark comparison of runs',
    subtitle: html`simulated, net of each run’s own costs · Tidemark ${engineVersion}`,
    body: html`<section>
        <h2>Total return and drawdown <small>of each run’s starting cash, marked at the close of each bar</small></h2>
        <p class="legend">${comparison.runs.map(({ label, name }, index) => html`<span>${lineKey(index)}${label} ${name}</span>`)}</p>
        ${curvesChart(comparison, daily)} ${curvesTable(comparison, daily)}
      </section>
      ${differencesTable(comparison)} ${headlineTable(comparison)} ${runsSection(results, comparison, daily, statistics)}
      ${correlationTable(comparison)}`,
    footer: 'Backtests are simulations on the past. They promise nothing about the future, and they are not advice.',
    data: embedJson('comparison-data', { format: 1, engineVersion, ...comparison }),
  });
}
