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
export function number(value: Numeric, { decimals = 2, signed = false }: NumberStyle = {}): string {
  if (!isNumeric(value)) return NOT_AVAILABLE;
  const options = {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: signed ? 'exceptZero' : 'negative',
  } as const;
  return withMinus(formatter(options).format(exact(value)));
}

/** Dollars: "$1,234.50", "−$118.40", "+$642.18" when signed. */
export function money(value: Numeric, { decimals = 2, signed = false }: NumberStyle = {}): string {
  if (!isNumeric(value)) return NOT_AVAILABLE;
  const options = {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: signed ? 'exceptZero' : 'negative',
  } as const;
  return withMinus(formatter(options).format(exact(value)));
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
      return money(value, { decimals: Number.isInteger(Number(value)) ? 0 : 2 });
    case 'price':
      return money(value);
    case 'ms':
      return duration(Number(value));
    default:
      return quantity(value);
  }
}

const DECIMALS_MAX = 9;

/**
 * A figure beside the limit it is measured against: "6.2 % of 2 %". What differs reads differently: 1.503 % is not shown
 * as "1.5 % of 1.5 %".
 */
export function comparison(actual: Numeric, limit: Numeric, unit: string): string {
  const limitText = inUnit(limit, unit);
  let text = inUnit(actual, unit);
  if (text === limitText && isNumeric(actual) && isNumeric(limit) && Number(actual) !== Number(limit)) {
    const format = unit === 'ratio' ? percent : unit === 'usd' || unit === 'price' ? money : number;
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
