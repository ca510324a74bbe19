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

/** Short, for an axis: `$104k`. `greatest` is the axis's greatest distance from 0, so that all its labels have one unit. */
export function formatUsdShort(value: number, greatest = Math.abs(value)): string {
  if (value === 0) return '$0';
  const [unit, letter] = greatest >= 1e9 ? [1e9, 'B'] : greatest >= 1e6 ? [1e6, 'M'] : greatest >= 1e4 ? [1e3, 'k'] : [1, ''];
  const scaled = value / unit;
  const whole = Math.abs(scaled - Math.round(scaled)) < 1e-9;
  return `${formatUsd(scaled, whole ? 0 : letter === '' ? 2 : 1)}${letter}`;
}

/** Which way a value points once it is rounded: money that neither won nor lost has no colour. */
export function directionOf(value: number, decimals: number): 'up' | 'down' | '' {
  const sign = signOf(value, decimals);
  return sign === '' ? '' : sign === MINUS ? 'down' : 'up';
}

/** A bar's start: the day alone where every bar starts at midnight UTC. */
export const formatBarTime = (time: string, daily: boolean): string => (daily ? time.slice(0, 10) : time.slice(0, 16).replace('T', ' '));

/** `1 trade`, `2 trades`. */
export const plural = (count: number, noun: string): string => `${formatNumber(count, 0)} ${noun}${count === 1 ? '' : 's'}`;
