import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './product.ts';

const DAY_MS = 86_400_000;
const OPENS_MS = 14.5 * 3_600_000;
const HALF_HOUR_MS = 1_800_000;
const A_DAY = 13;

/** Half hours of sessions, so many before `until`'s day and so many days after it: a walk that is the same each time. */
function csvOf(symbol: string, until: number, before: number, daysAfter: number): string {
  const days: number[] = [];
  const isWeekday = (day: number): boolean => ![0, 6].includes(new Date(day * DAY_MS).getUTCDay());
  const today = Math.floor(until / DAY_MS);
  for (let day = today - 1; days.length * A_DAY < before; day -= 1) if (isWeekday(day)) days.unshift(day);
  for (let day = today; day < today + daysAfter; day += 1) if (isWeekday(day)) days.push(day);
  const lines = ['symbol,timestamp,open,high,low,close,volume'];
  let close = 100;
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647 - 0.5;
  };
  for (const day of days) {
    for (let half = 0; half < A_DAY; half += 1) {
      const open = close;
      close = Math.max(1, Math.round((open + random() * 0.02 * open) * 100) / 100);
      const high = Math.round((Math.max(open, close) + Math.abs(random()) * 0.004 * open) * 100) / 100;
      const low = Math.round(Math.min(open, close) * (1 - Math.abs(random()) * 0.004) * 100) / 100;
      const at = new Date(day * DAY_MS + OPENS_MS + half * HALF_HOUR_MS).toISOString();
      lines.push([symbol, at, open, high, low, close, Math.round(1_000 + Math.abs(random()) * 90_000)].join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Puts half-hourly bars of one symbol into a data folder that no server has open. */
export async function importHalfHours(
  folder: string,
  {
    symbol,
    until,
    before,
    daysAfter,
  }: { readonly symbol: string; readonly until: number; readonly before: number; readonly daysAfter: number },
): Promise<void> {
  const path = join(folder, 'half-hours.csv');
  await writeFile(path, csvOf(symbol, until, before, daysAfter));
  const { code, err } = await run(['import', '--csv', path, '--timeframe', '30Min', '--data-dir', folder]);
  if (code !== 0) throw new Error(`the bars were not imported: ${err}`);
}
