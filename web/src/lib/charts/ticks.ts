import type { Zone } from '#lib/format.ts';

export interface Tick {
  readonly index: number;
  readonly label: string;
}

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

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function monthNumber(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3)) + 1;
}

/** The samples that are looked at: a long series is thinned, or each redraw would read thousands of dates. */
const SAMPLES = 1500;

/**
 * Ticks of an index axis: an index has a tick where its date's year, month, week, day, hour or minute differs from the one
 * before; the finest of these with at most `most` ticks is taken. Sessions' gaps take no room on an index axis.
 */
export function dateTicks(times: readonly string[], zone: Zone, most: number): readonly Tick[] {
  if (times.length < 2) return [];
  const format = new Intl.DateTimeFormat('en-US', {
    ...(zone !== 'local' && { timeZone: zone }),
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const step = Math.max(1, Math.ceil(times.length / SAMPLES));
  const samples: { readonly index: number; readonly parts: Parts }[] = [];
  for (let index = 0; index < times.length; index += step) {
    samples.push({ index, parts: partsOf(new Date(times[index] ?? ''), format) });
  }
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
