import type { Zone } from '#lib/format.ts';

export interface Tick {
  readonly index: number;
  readonly label: string;
}

/** ISO text, or milliseconds since 1970. */
type Time = string | number;
type Part = 'year' | 'month' | 'day' | 'hour' | 'minute';
type Parts = Readonly<Record<Part, string>>;

function partsOf(time: Date, format: Intl.DateTimeFormat): Parts {
  const parts: Record<Part, string> = { year: '', month: '', day: '', hour: '', minute: '' };
  for (const { type, value } of format.formatToParts(time)) if (type in parts) parts[type as Part] = value;
  return parts;
}

/** From coarse to fine: what has to change for a new tick, and how that tick is called. */
const LEVELS: readonly { readonly key: (parts: Parts) => string; readonly label: (parts: Parts) => string }[] = [
  ...[20, 10, 5, 2].map((years) => ({ key: (p: Parts) => String(Math.floor(Number(p.year) / years)), label: (p: Parts) => p.year })),
  { key: (p) => p.year, label: (p) => p.year },
  { key: (p) => `${p.year}-${Math.floor((monthNumber(p.month) - 1) / 3)}`, label: (p) => (p.month === 'Jan' ? p.year : p.month) },
  { key: (p) => `${p.year}-${p.month}`, label: (p) => (p.month === 'Jan' ? p.year : p.month) },
  { key: (p) => `${p.month}-${Math.floor((Number(p.day) - 1) / 7)}`, label: (p) => `${p.day} ${p.month}` },
  { key: (p) => `${p.month}-${p.day}`, label: (p) => `${p.day} ${p.month}` },
  { key: (p) => `${p.day}-${p.hour}`, label: (p) => `${p.hour}:00` },
  { key: (p) => `${p.day}-${p.hour}-${Math.floor(Number(p.minute) / 15)}`, label: (p) => `${p.hour}:${p.minute}` },
  { key: (p) => `${p.hour}-${p.minute}`, label: (p) => `${p.hour}:${p.minute}` },
];

/** Parts of dates by their text, for each zone: to format a date takes microseconds, and a chart that is panned asks again and again. */
const KNOWN_MOST = 20_000;
const knownParts = new Map<Zone, (time: Time) => Parts>();

function partsIn(zone: Zone): (time: Time) => Parts {
  const made = knownParts.get(zone);
  if (made) return made;
  const format = new Intl.DateTimeFormat('en-US', {
    ...(zone !== 'local' && { timeZone: zone }),
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const known = new Map<Time, Parts>();
  const ask = (time: Time): Parts => {
    let parts = known.get(time);
    if (!parts) {
      if (known.size >= KNOWN_MOST) known.clear();
      parts = partsOf(new Date(time), format);
      known.set(time, parts);
    }
    return parts;
  };
  knownParts.set(zone, ask);
  return ask;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function monthNumber(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3)) + 1;
}

/** Decimals of an axis of prices: none over a wide range, cents over an ordinary one, and more where its lines are less than a cent apart. */
export function priceTickDecimals([low, high]: readonly [number, number], steps: number): number {
  const range = high - low;
  if (range > 20) return 0;
  if (range <= 0) return 2;
  return Math.max(2, Math.min(9, Math.ceil(-Math.log10(range / steps))));
}

/** The samples that are looked at: a long series is thinned, or each redraw would read thousands of dates. */
const SAMPLES = 1500;

/**
 * Ticks of an index axis: an index has a tick where its date's year, month, week, day, hour or minute differs from the one
 * before; the finest of these with at most `most` ticks is taken. Sessions' gaps take no room on an index axis. Of a part of
 * the axis, `from` to `to`, both included.
 */
export function dateTicks(times: ArrayLike<Time>, zone: Zone, most: number, from = 0, to = times.length - 1): readonly Tick[] {
  if (to <= from) return [];
  const known = partsIn(zone);
  let step = 1;
  while ((to - from) / step > SAMPLES) step *= 2;
  const samples: { readonly index: number; readonly parts: Parts }[] = [];
  // From multiples of the step: who pans meets the same samples again, and their parts are known.
  for (let index = Math.ceil(from / step) * step; index <= to; index += step)
    samples.push({ index, parts: known(times[index] ?? Number.NaN) });
  let best: readonly Tick[] = [];
  for (const level of LEVELS) {
    const ticks: Tick[] = [];
    let before = samples[0] && level.key(samples[0].parts);
    for (const { index, parts } of samples) {
      const key = level.key(parts);
      if (key !== before) ticks.push({ index, label: level.label(parts) });
      before = key;
    }
    if (ticks.length > most) break;
    best = ticks;
  }
  return best;
}
