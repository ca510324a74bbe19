const ZERO = 48;
const NINE = 57;
const DOT = 46;
const MINUS = 45;
const COLON = 58;
const CAPITAL_T = 84;
const CAPITAL_Z = 90;

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const MANTISSA_DIGITS_MAX = 15;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const ZONED_INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
const DAY_MS = 86_400_000;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * The number written in `bytes[from, to)`, exactly as `Number` reads it; not-a-number for anything but a plain decimal, and for one too
 * large for a double. Up to 15 digits the mantissa and the power of ten are exact, so that one division rounds correctly.
 */
export function parseDecimal(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const negative = bytes[at] === MINUS;
  if (negative) at++;
  let mantissa = 0;
  let seen = false;
  let digits = 0;
  let decimals = -1;
  for (; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= ZERO && byte <= NINE) {
      seen = true;
      mantissa = mantissa * 10 + (byte - ZERO);
      if (mantissa > 0) digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === DOT && decimals < 0) {
      decimals = 0;
    } else {
      return parseText(bytes, from, to);
    }
  }
  const power = POWERS[Math.max(decimals, 0)];
  if (!seen || digits > MANTISSA_DIGITS_MAX || power === undefined) return parseText(bytes, from, to);
  const value = mantissa / power;
  return negative ? -value : value;
}

function parseText(bytes: Uint8Array, from: number, to: number): number {
  const text = fieldText(bytes, from, to).trim();
  if (!DECIMAL.test(text)) return NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : NaN;
}

export function fieldText(bytes: Uint8Array, from: number, to: number): string {
  return new TextDecoder().decode(bytes.subarray(from, to));
}

/** Milliseconds since 1970 of an ISO-8601 instant, which must name its zone; not-a-number for anything else. */
export function parseInstantMs(bytes: Uint8Array, from: number, to: number): number {
  if (to - from !== 20 || bytes[from + 10] !== CAPITAL_T || bytes[from + 19] !== CAPITAL_Z) return parseInstantText(bytes, from, to);
  if (bytes[from + 4] !== MINUS || bytes[from + 7] !== MINUS || bytes[from + 13] !== COLON || bytes[from + 16] !== COLON) return NaN;
  const hour = twoDigits(bytes, from + 11);
  const minute = twoDigits(bytes, from + 14);
  const second = twoDigits(bytes, from + 17);
  if (!(hour < 24 && minute < 60 && second < 60)) return NaN;
  const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2);
  return dayMs(year, twoDigits(bytes, from + 5), twoDigits(bytes, from + 8)) + ((hour * 60 + minute) * 60 + second) * 1000;
}

function parseInstantText(bytes: Uint8Array, from: number, to: number): number {
  const text = fieldText(bytes, from, to).trim();
  if (!ZONED_INSTANT.test(text)) return NaN;
  const day = parseInstantMs(new TextEncoder().encode(`${text.slice(0, 10)}T00:00:00Z`), 0, 20);
  return Number.isNaN(day) ? NaN : Date.parse(text);
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - ZERO;
  const ones = (bytes[at + 1] ?? 0) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

/** Days since 1970 by the proleptic Gregorian calendar, in milliseconds; not-a-number for a day that does not exist. */
function dayMs(year: number, month: number, day: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  const last = (MONTH_DAYS[month - 1] ?? 0) + leap;
  if (!(day >= 1 && day <= last && year >= 0)) return NaN;
  // Years begin in March here, so that the leap day is the last one.
  const y = month > 2 ? year : year - 1;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const days = 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + ofYear - 719_468;
  return days * DAY_MS;
}

/** An instant as bar files write it: ISO-8601 UTC, with milliseconds only where there are any. */
export function formatInstant(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}
