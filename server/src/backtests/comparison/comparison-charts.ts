import { html } from '../report/html.ts';
import type { Html } from '../report/html.ts';
import { formatBarTime, formatPercent, formatSignedPercent } from '../report/number-format.ts';
import { at, linePath, plot, timeLabels, WIDTH } from '../report/plot.ts';
import type { Plot } from '../report/plot.ts';
import { extentOf, linear, ticksOf, timeTicksOf } from '../report/scale.ts';
import type { RunComparison } from './compare-runs.ts';

const GROWTH_HEIGHT = 260;
const DRAWDOWN_HEIGHT = 110;
const TIME_TICKS = 9;
const COLUMNS = 180;

type Curve = 'growth' | 'drawdown';
const valuesOf = (values: readonly (number | null)[]): readonly number[] => values.map((value) => value ?? Number.NaN);

/** Lines differ in colour and in dashes: what the letters mean stands in the legend. */
export const lineKey = (index: number): Html =>
  html`<svg viewBox="0 0 26 8" aria-hidden="true"><path class="line run-${index}" d="M0 4H26" /></svg>`;

function pane({ times, runs }: RunComparison, curve: Curve, height: number, xTicks: boolean): Plot {
  const all = runs.map((run) => valuesOf(run[curve]));
  const extent = extentOf([0, ...all.flat()], 0);
  const room = (extent[1] - extent[0]) * 0.04 || 0.01;
  const domain = [extent[0] - room, curve === 'growth' ? extent[1] + room : 0] as const;
  const x = linear([0, Math.max(1, times.length - 1)], [0, WIDTH]);
  const y = linear(domain, [height, 0]);
  return {
    label: `${curve === 'growth' ? 'Total return' : 'Drawdown'} of runs ${runs.map(({ label }) => label).join(', ')} over time`,
    height,
    marks: html`<line class="zero" x1="0" x2="${WIDTH}" y1="${at(y(0))}" y2="${at(y(0))}" />${all.map(
        (values, index) => html`<path class="line run-${index}" d="${linePath({ values, x, y })}" />`,
      )}`,
    yTicks: ticksOf(domain, curve === 'growth' ? 5 : 3).map((value) => ({ y: y(value), label: formatPercent(value, 0) })),
    xTicks: xTicks ? timeLabels(timeTicksOf(times, TIME_TICKS), x) : [],
  };
}

const textAt = (values: readonly (number | null)[], index: number, format: (value: number) => string): string => {
  const value = values[index];
  return value === null || value === undefined ? 'no bar' : format(value);
};

/** What all runs stand at under the pointer: one cursor over both panes, without a script. */
function readouts({ times, runs }: RunComparison, daily: boolean): Html {
  const columns = Math.min(times.length, COLUMNS);
  return html`<div class="readouts">
    ${Array.from({ length: columns }, (_, column) => {
      const index = Math.max(0, Math.floor(((column + 1) * times.length) / columns) - 1);
      return html`<div>
        <p>
          <b>${formatBarTime(times[index] ?? '', daily)}</b>
          ${runs.map(
            ({ label, growth, drawdown }) =>
              html`<span
                >${label} ${textAt(growth, index, formatSignedPercent)}
                (${textAt(drawdown, index, (value) => formatPercent(value, 1))})</span
              >`,
          )}
        </p>
      </div>`;
    })}
  </div>`;
}

export const curvesChart = (comparison: RunComparison, daily: boolean): Html =>
  html`<div class="runs">
    ${plot(pane(comparison, 'growth', GROWTH_HEIGHT, false))} ${plot(pane(comparison, 'drawdown', DRAWDOWN_HEIGHT, true))}
    ${readouts(comparison, daily)}
  </div>`;

const ROWS_MAX = 60;

/** The same numbers as a table: as many bars as can be read. */
export function curvesTable({ times, runs }: RunComparison, daily: boolean): Html {
  const step = Math.max(1, Math.ceil(times.length / ROWS_MAX));
  const shown = times.flatMap((_, index) => ((times.length - 1 - index) % step === 0 ? [index] : [])).toReversed();
  return html`<details>
    <summary>The numbers${step > 1 && `, every ${step} bars`}; all of them are in the JSON of this file</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Bar</th>
            ${runs.map(
              ({ label }) =>
                html`<th>${label} return</th>
                  <th>${label} drawdown</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (index) =>
              html`<tr>
                <td>${formatBarTime(times[index] ?? '', daily)}</td>
                ${runs.map(
                  ({ growth, drawdown }) =>
                    html`<td>${textAt(growth, index, formatSignedPercent)}</td>
                      <td>${textAt(drawdown, index, formatPercent)}</td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
