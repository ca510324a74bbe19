/** Numbers as the dashboard writes them: grouped by commas, a true minus, always the same number of decimals. */

const MINUS = '−';
const NOT_AVAILABLE = 'n/a';

function fixed(value: number, decimals: number): string {
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Zero after rounding has no sign. */
function signOf(value: number, decimals: number): '' | '−' | '+' {
  const rounded = Number(value.toFixed(decimals));
  if (rounded === 0) return '';
  return rounded < 0 ? MINUS : '+';
}

const minusOf = (value: number, decimals: number): string => (signOf(value, decimals) === MINUS ? MINUS : '');
const known = (value: number | null): value is number => value !== null && Number.isFinite(value);

export const formatNumber = (value: number | null, decimals = 2): string =>
  known(value) ? `${minusOf(value, decimals)}${fixed(value, decimals)}` : NOT_AVAILABLE;

/** A fraction as percent: 0.1 is `10.00 %`. */
export const formatPercent = (value: number | null, decimals = 2): string =>
  known(value) ? `${formatNumber(value * 100, decimals)} %` : NOT_AVAILABLE;

export const formatUsd = (value: number | null, decimals = 2): string =>
  known(value) ? `${minusOf(value, decimals)}$${fixed(value, decimals)}` : NOT_AVAILABLE;

export const formatSignedUsd = (value: number | null, decimals = 2): string =>
  known(value) ? `${signOf(value, decimals)}$${fixed(value, decimals)}` : NOT_AVAILABLE;

export const formatSignedPercent = (value: number | null, decimals = 2): string =>
  known(value) ? `${signOf(value * 100, decimals)}${fixed(value * 100, decimals)} %` : NOT_AVAILABLE;

const SCALES = [
  { from: 1e9, letter: 'B' },
  { from: 1e6, letter: 'M' },
  { from: 1e4, letter: 'k' },
] as const;

/** Short, for axes: `$104k`. */
export function formatUsdShort(value: number): string {
  const scale = SCALES.find(({ from }) => Math.abs(value) >= from);
  if (scale === undefined) return formatUsd(value, Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2);
  const unit = scale.letter === 'k' ? 1e3 : scale.from;
  const scaled = value / unit;
  return `${formatUsd(scaled, Number.isInteger(Math.round(scaled * 10) / 10) ? 0 : 1)}${scale.letter}`;
}

/** A bar's start: the day alone where every bar starts at midnight UTC. */
export const formatBarTime = (time: string, daily: boolean): string => (daily ? time.slice(0, 10) : time.slice(0, 16).replace('T', ' '));

/** `1 trade`, `2 trades`. */
export const plural = (count: number, noun: string): string => `${formatNumber(count, 0)} ${noun}${count === 1 ? '' : 's'}`;
