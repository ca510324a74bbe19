/**
 * Numbers and times as text. Decimals arrive as exact text and are formatted as text, never through a float.
 * Minus is U+2212; a percent sign stands after a no-break space; `undefined` and `null` read "n/a".
 */
export type Numeric = string | number | null | undefined;
export type Zone = 'America/New_York' | 'UTC' | 'local';

export const NOT_AVAILABLE = 'n/a';
const MINUS = '\u2212';
const NARROW = '\u00a0';

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat('en-US', options);
  formatters.set(key, made);
  return made;
}

function isNumeric(value: Numeric): value is string | number {
  if (value === null || value === undefined || value === '') return false;
  return Number.isFinite(Number(value));
}

const DECIMAL = /^[+-]?\d+(\.\d+)?$/;

/** A decimal as Intl takes it exactly: its text where it is plain decimal text, else the number. */
function exact(value: string | number): Intl.StringNumericLiteral | number {
  return typeof value === 'string' && DECIMAL.test(value) ? (value as Intl.StringNumericLiteral) : Number(value);
}

function withMinus(text: string): string {
  return text.replace('-', MINUS);
}

/** −1, 0 or 1; 0 for what is not a number. */
export function signOf(value: Numeric): -1 | 0 | 1 {
  if (!isNumeric(value)) return 0;
  const number = Number(value);
  if (number === 0) return 0;
  return number < 0 ? -1 : 1;
}

export interface NumberStyle {
  readonly decimals?: number;
  /** More decimals than `decimals`, up to this, where the figure has them. */
  readonly decimalsMax?: number;
  /** Show a plus before what is above nought. */
  readonly signed?: boolean;
}

/** Plain number: "1,234.50". */
export function number(value: Numeric, { decimals = 2, decimalsMax = decimals, signed = false }: NumberStyle = {}): string {
  if (!isNumeric(value)) return NOT_AVAILABLE;
  const options = {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimalsMax,
    signDisplay: signed ? 'exceptZero' : 'negative',
  } as const;
  return withMinus(formatter(options).format(exact(value)));
}

/** Dollars: "$1,234.50", "−$118.40", "+$642.18" when signed. */
export function money(value: Numeric, { decimals = 2, decimalsMax = decimals, signed = false }: NumberStyle = {}): string {
  if (!isNumeric(value)) return NOT_AVAILABLE;
  const options = {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimalsMax,
    signDisplay: signed ? 'exceptZero' : 'negative',
  } as const;
  return withMinus(formatter(options).format(exact(value)));
}

const DECIMALS_MAX = 9;
const MARK_DECIMALS = 4;

/**
 * `term`: what an order asks for or filled at, with every decimal that it has. `mark`: what was quoted or worked out from
 * prices, a mark or an average, with as many as are read.
 */
export type PriceKind = 'term' | 'mark';

/** At most how many decimals: of a mark below one dollar four that say something, 0.0001234 and not 0.0001. */
function priceDecimals(value: Numeric, kind: PriceKind): number {
  if (kind === 'term') return DECIMALS_MAX;
  const size = Math.abs(Number(value));
  if (size === 0 || size >= 1 || Number.isNaN(size)) return MARK_DECIMALS;
  return Math.min(DECIMALS_MAX, MARK_DECIMALS - 1 - Math.floor(Math.log10(size)));
}

/** What one unit costs, which may be less than a cent: "$123.45", "$0.1849". */
export function price(value: Numeric, kind: PriceKind = 'term', signed = false): string {
  return money(value, { decimalsMax: priceDecimals(value, kind), signed });
}

/** A price where dollars are understood, on a chart: "0.1849". */
export function barePrice(value: Numeric, kind: PriceKind = 'term'): string {
  return number(value, { decimalsMax: priceDecimals(value, kind) });
}

/** Dollars for an axis: "$108k". */
export function moneyShort(value: Numeric, decimals = 0): string {
  if (!isNumeric(value)) return NOT_AVAILABLE;
  const options = {
    style: 'currency',
    currency: 'USD',
    notation: 'compact',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  } as const;
  return withMinus(formatter(options).format(Number(value))).replace('K', 'k');
}

/** A count for an axis: "1.2M". */
export function countShort(value: Numeric): string {
  if (!isNumeric(value)) return NOT_AVAILABLE;
  return withMinus(formatter({ notation: 'compact', maximumFractionDigits: 1 }).format(Number(value))).replace('K', 'k');
}

/** A fraction as percent: 0.0184 reads "1.84 %". */
export function percent(fraction: Numeric, { decimals = 2, decimalsMax = decimals, signed = false }: NumberStyle = {}): string {
  if (!isNumeric(fraction)) return NOT_AVAILABLE;
  const options = {
    style: 'percent',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimalsMax,
    signDisplay: signed ? 'exceptZero' : 'negative',
  } as const;
  return withMinus(formatter(options).format(exact(fraction))).replace('%', `${NARROW}%`);
}

/** A quantity with as many decimals as it has, at most 9. */
export function quantity(value: Numeric, signed = false): string {
  if (!isNumeric(value)) return NOT_AVAILABLE;
  return withMinus(formatter({ maximumFractionDigits: 9, signDisplay: signed ? 'exceptZero' : 'negative' }).format(exact(value)));
}

/** A limit's or denial's figure by its unit: ratio, usd, price, count, ms. Text stays text. */
export function inUnit(value: Numeric, unit: string): string {
  const text = String(value ?? '');
  if (!isNumeric(value)) return text === '' ? NOT_AVAILABLE : text;
  switch (unit) {
    case 'ratio':
      return percent(value, { decimals: 0, decimalsMax: 2 });
    case 'usd':
      // A sum below a dollar is mostly the limit of a price.
      if (Math.abs(Number(value)) < 1 && Number(value) !== 0) return price(value, 'mark');
      return money(value, { decimals: Number.isInteger(Number(value)) ? 0 : 2 });
    case 'price':
      return price(value);
    case 'ms':
      return duration(Number(value));
    default:
      return quantity(value);
  }
}

/**
 * A figure beside the limit it is measured against: "6.2 % of 2 %". What differs reads differently: 1.503 % is not shown
 * as "1.5 % of 1.5 %".
 */
export function comparison(actual: Numeric, limit: Numeric, unit: string): string {
  const limitText = inUnit(limit, unit);
  let text = inUnit(actual, unit);
  if (text === limitText && isNumeric(actual) && isNumeric(limit) && Number(actual) !== Number(limit)) {
    const format = unit === 'ratio' ? percent : unit === 'usd' ? money : number;
    for (let decimals = 3; decimals <= DECIMALS_MAX && text === limitText; decimals += 1) {
      const finer = format(actual, { decimals });
      if (finer !== format(limit, { decimals })) text = finer;
    }
  }
  return `${text} of ${limitText}`;
}

/** Milliseconds as words, two units at most: "0.4 s", "2 h 14 min", "3 d 4 h". */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return NOT_AVAILABLE;
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** A latency: "0.31 ms", "14 ms", "1.2 s". */
export function latency(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NOT_AVAILABLE;
  if (ms >= 1000) return duration(ms);
  if (ms >= 100) return `${ms.toFixed(0)} ms`;
  return `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
}

export function bytes(count: number): string {
  if (count < 1024 ** 2) return `${(count / 1024).toFixed(0)} KiB`;
  if (count < 1024 ** 3) return `${(count / 1024 ** 2).toFixed(0)} MiB`;
  return `${(count / 1024 ** 3).toFixed(1)} GiB`;
}

const dateFormatters = new Map<string, Intl.DateTimeFormat>();

function dateFormatter(zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const full = zone === 'local' ? options : { ...options, timeZone: zone };
  const key = JSON.stringify(full);
  const known = dateFormatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', full);
  dateFormatters.set(key, made);
  return made;
}

function at(instant: string | number | null | undefined): Date | undefined {
  if (instant == null || instant === '') return undefined;
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function formatted(instant: string | number | null | undefined, zone: Zone, options: Intl.DateTimeFormatOptions): string {
  const date = at(instant);
  // The British short form of September has four letters: a column of dates would not line up.
  return date ? dateFormatter(zone, options).format(date).replace('Sept', 'Sep') : NOT_AVAILABLE;
}

/** "14:46:07" */
export function clock(instant: string | number | null | undefined, zone: Zone): string {
  return formatted(instant, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}

/** "14:46" */
export function minute(instant: string | number | null | undefined, zone: Zone): string {
  return formatted(instant, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** "12 Nov" */
export function day(instant: string | number | null | undefined, zone: Zone): string {
  return formatted(instant, zone, { day: 'numeric', month: 'short' });
}

/** "12 Nov 2026" */
export function date(instant: string | number | null | undefined, zone: Zone): string {
  return formatted(instant, zone, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** "12 Nov 2026, 14:46:07" */
export function dateTime(instant: string | number | null | undefined, zone: Zone): string {
  const known = at(instant);
  return known ? `${date(instant, zone)}, ${clock(instant, zone)}` : NOT_AVAILABLE;
}

/** "12 Nov, 14:46" */
export function shortDateTime(instant: string | number | null | undefined, zone: Zone): string {
  const known = at(instant);
  return known ? `${day(instant, zone)}, ${minute(instant, zone)}` : NOT_AVAILABLE;
}

export function zoneName(zone: Zone): string {
  return { 'America/New_York': 'NY', UTC: 'UTC', local: 'local' }[zone];
}

/** Sentences in a row, each with its full stop. */
export function sentences(...parts: readonly string[]): string {
  return parts
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(' ');
}

/** Whether a formatted figure shows anything but noughts: "−0.00 %" has no colour. */
export function showsValue(text: string): boolean {
  return /[1-9]/.test(text);
}

/** The first characters of a hash, enough to tell versions apart. */
export function shortHash(hash: string, length = 6): string {
  return hash.slice(0, length);
}

/** "3 orders", "1 order". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count, { decimals: 0 })} ${count === 1 ? one : many}`;
}

/** Words of the server as a sentence begins. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** PARTIALLY_FILLED reads "Partially filled". */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `orderRisk` and `max_drawdown` read "Order risk" and "Max drawdown". */
export function title(name: string): string {
  return words(name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2'));
}
