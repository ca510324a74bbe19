/** A linear map of values to a span of the drawing. */
export type Scale = (value: number) => number;

export const linear =
  ([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Scale =>
  (value) =>
    high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from);

/** The nearest of 1, 2 and 5 on a logarithmic scale, and 10 above them. */
const NICE = [
  { upTo: 1.5, factor: 1 },
  { upTo: 3.5, factor: 2 },
  { upTo: 7.5, factor: 5 },
] as const;

/** Round steps (1, 2, 5 × 10ⁿ) inside the span: about `count` of them. */
export function ticksOf([low, high]: readonly [number, number], count: number): readonly number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (NICE.find(({ upTo }) => rough / power < upTo)?.factor ?? 10) * power;
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step); index * step <= high + step * 1e-9; index += 1) ticks.push(index * step);
  return ticks;
}

/** Least and greatest finite values, with room at both ends as a share of the span. */
export function extentOf(values: Iterable<number>, room = 0): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const margin = (high - low) * room || Math.abs(high) * 0.01 || 1;
  return room === 0 && high > low ? [low, high] : [low - margin, high + margin];
}

/** Indices to draw so that no turn is lost: the first, least, greatest and last of each of `columns` stretches. Gaps are kept. */
export function decimate(values: ArrayLike<number>, columns: number): readonly number[] {
  const count = values.length;
  if (count <= columns * 4) return Array.from({ length: count }, (_, index) => index);
  const kept: number[] = [];
  for (let column = 0; column < columns; column += 1) {
    const from = Math.floor((column * count) / columns);
    const to = Math.floor(((column + 1) * count) / columns);
    let [least, greatest] = [from, from];
    for (let index = from; index < to; index += 1) {
      if ((values[index] ?? 0) < (values[least] ?? 0)) least = index;
      if ((values[index] ?? 0) > (values[greatest] ?? 0)) greatest = index;
    }
    kept.push(...new Set([from, Math.min(least, greatest), Math.max(least, greatest), to - 1]));
  }
  return kept;
}

export interface TimeTick {
  readonly index: number;
  readonly label: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
export const monthName = (period: string): string => MONTHS[Number(period.slice(5, 7)) - 1] ?? '';

/** Where years begin; where there are few, months; where those are few too, days. At most `most` ticks. */
export function timeTicksOf(times: readonly string[], most: number): readonly TimeTick[] {
  const grains: readonly [number, (time: string) => string][] = [
    [4, (time) => time.slice(0, 4)],
    [7, (time) => (time.slice(5, 7) === '01' ? time.slice(0, 4) : monthName(time))],
    [10, (time) => `${Number(time.slice(8, 10))} ${monthName(time)}`],
  ];
  let chosen: readonly TimeTick[] = [];
  for (const [characters, label] of grains) {
    const starts: TimeTick[] = [];
    for (let index = 1; index < times.length; index += 1) {
      const time = times[index] ?? '';
      if (time.slice(0, characters) !== times[index - 1]?.slice(0, characters)) starts.push({ index, label: label(time) });
    }
    const every = Math.ceil(starts.length / most);
    chosen = every > 1 ? starts.filter((_, index) => index % every === 0) : starts;
    if (starts.length >= 3) break;
  }
  return chosen;
}
