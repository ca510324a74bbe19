import type { Costs, ReportFigures } from './figures.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { formatBarTime, formatPercent, formatSignedPercent, formatSignedUsd, formatUsd, formatUsdShort } from './number-format.ts';
import { at, plot, WIDTH } from './plot.ts';
import { extentOf, linear, ticksOf } from './scale.ts';

const PNL_HEIGHT = 170;
const SCATTER_HEIGHT = 230;
const BARS_MAX = 500;

/** Net P&L of each trade, in order of entry; the newest where there are too many to draw. */
export function tradePnlChart({ trips, daily }: ReportFigures): Html {
  const shown = trips.slice(-BARS_MAX);
  const domain = extentOf([0, ...shown.map(({ netPnl }) => netPnl)], 0.05);
  const x = linear([0, shown.length], [0, WIDTH]);
  const y = linear(domain, [PNL_HEIGHT, 0]);
  const width = Math.max(1, Math.min(28, (WIDTH / shown.length) * 0.72));
  const bars = shown.map(({ trade, netPnl, return: gain }, index) => {
    const label = `${trade.symbol} ${trade.direction}, ${formatBarTime(trade.entryTime, daily)}: ${formatSignedUsd(netPnl)} (${formatSignedPercent(gain)})`;
    const [top, bottom] = [Math.min(y(0), y(netPnl)), Math.max(y(0), y(netPnl))];
    return html`<rect
      class="${netPnl < 0 ? 'loss' : 'gain'}${trade.status === 'open' && ' open'}"
      x="${at(x(index + 0.5) - width / 2)}"
      width="${at(width)}"
      y="${at(top)}"
      height="${at(Math.max(1, bottom - top))}"
      ><title>${label}</title></rect
    >`;
  });
  return plot({
    label: `Net profit and loss of ${shown.length} trades`,
    height: PNL_HEIGHT,
    marks: html`${bars}<line class="zero" x1="0" x2="${WIDTH}" y1="${at(y(0))}" y2="${at(y(0))}" />`,
    yTicks: ticksOf(domain, 4).map((value) => ({ y: y(value), label: formatUsdShort(value, Math.max(-domain[0], domain[1])) })),
    xTicks: [],
  });
}

/** How far the price went against or with each trade before it ended, against what the trade made. */
export function excursionChart({ trips }: ReportFigures, which: 'adverse' | 'favourable'): Html {
  const known = trips.filter((trip) => trip[which] !== null && Number.isFinite(trip.return));
  const xDomain = extentOf([0, ...known.map((trip) => trip[which] ?? 0)], 0.03);
  const yDomain = extentOf([0, ...known.map((trip) => trip.return)], 0.05);
  const x = linear(xDomain, [0, WIDTH]);
  const y = linear(yDomain, [SCATTER_HEIGHT, 0]);
  const points = known.map(
    (trip) =>
      html`<path class="point ${trip.netPnl < 0 ? 'loss' : 'gain'}" d="M${at(x(trip[which] ?? 0))} ${at(y(trip.return))}h0"
        ><title>
          ${trip.trade.symbol} ${trip.trade.entryTime.slice(0, 10)}: worst ${formatPercent(trip.adverse)}, best
          ${formatSignedPercent(trip.favourable)}, net ${formatSignedPercent(trip.return)}
        </title></path
      >`,
  );
  return plot({
    label: `${which === 'adverse' ? 'Worst' : 'Best'} price while held against the net return of each trade`,
    height: SCATTER_HEIGHT,
    marks: html`<line class="zero" x1="0" x2="${WIDTH}" y1="${at(y(0))}" y2="${at(y(0))}" />${points}`,
    yTicks: ticksOf(yDomain, 5).map((value) => ({ y: y(value), label: formatSignedPercent(value, 0) })),
    xTicks: ticksOf(xDomain, 5)
      .map((value) => ({ x: x(value), label: formatPercent(value, 0) }))
      .filter((tick) => tick.x > 15 && tick.x < WIDTH - 15),
  });
}

/** From what the prices gave to what was left, one bar a step. */
export function costsChart({ gross, dividends, financing, fees, slippage, net }: Costs): Html {
  const signed = (value: number): string => (value < 0 ? 'loss' : 'gain');
  const changes = [
    ...(dividends === 0 ? [] : [{ label: 'Dividends', change: dividends, kind: signed(dividends) }]),
    ...(financing === 0 ? [] : [{ label: 'Financing', change: financing, kind: financing < 0 ? 'cost' : 'gain' }]),
    { label: 'Fees', change: -fees, kind: 'cost' },
    { label: 'Slippage', change: -slippage, kind: 'cost' },
  ];
  let level = gross;
  const steps = [
    { label: 'Gross', from: 0, to: gross, kind: signed(gross), text: formatSignedUsd(gross) },
    ...changes.map(({ label, change, kind }) => {
      const from = level;
      level += change;
      return { label, from, to: level, kind, text: formatSignedUsd(change) };
    }),
    { label: 'Net', from: 0, to: net, kind: signed(net), text: formatSignedUsd(net) },
  ];
  const domain = extentOf(steps.flatMap(({ from, to }) => [from, to]));
  const x = linear(domain, [0, 100]);
  const rows = steps.map(({ label, from, to, kind, text }) => {
    const [left, right] = [Math.min(x(from), x(to)), Math.max(x(from), x(to))];
    return html`<div class="step">
      <span>${label}</span>
      <div class="track"><i class="${kind}" style="left:${at(left)}%;width:${at(Math.max(0.4, right - left))}%"></i></div>
      <b>${text}</b>
    </div>`;
  });
  return html`<div
    class="steps"
    role="img"
    aria-label="Gross ${formatUsd(gross)}, fees ${formatUsd(fees)}, slippage ${formatUsd(slippage)}, net ${formatUsd(net)}"
  >
    ${rows}
  </div>`;
}
