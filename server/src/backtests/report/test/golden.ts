import { existsSync, readFileSync } from 'node:fs';

/** The golden data beside the repository, for tests only. */
const GOLDEN = new URL('../../../../../../shared/golden/', import.meta.url);

function textOf(name: string): string {
  const file = new URL(name, GOLDEN);
  if (!existsSync(file)) throw new Error(`The golden file ${name} is missing: expected in the folder shared/golden beside the repository`);
  return readFileSync(file, 'utf8');
}

type Numbers = Readonly<Record<string, number>>;

export interface GoldenStatistics {
  readonly dataset: string;
  readonly from_: string;
  readonly to_exclusive: string;
  readonly returns: number;
  readonly basic: Numbers;
  readonly empyrical: Numbers;
  readonly drawdown: {
    readonly worst_5: readonly {
      readonly depth: number;
      readonly peak: string;
      readonly trough: string;
      readonly recovery: string | null;
      readonly bars_peak_to_recovery: number | null;
    }[];
  };
  readonly vs_benchmark?: Readonly<Record<string, number | string | null>>;
  readonly calendar: { readonly monthly: Numbers; readonly yearly: Numbers };
  readonly rolling_63_last: { readonly vol_annual: number; readonly sharpe_rf0: number };
}

export const goldenStatistics = (): Readonly<Record<string, GoldenStatistics>> =>
  JSON.parse(textOf('stats/statistics.json')) as Readonly<Record<string, GoldenStatistics>>;

/** Closes of a file of bars as marks of an account, cut to `[from, to)` by the text of the date. */
export function goldenCloses(dataset: string, from = '', to = ''): readonly { readonly time: string; readonly equity: number }[] {
  const [header = '', ...lines] = textOf(`data/${dataset}.csv`).trim().split('\n');
  const names = header.trim().split(',');
  const [time, close] = [names.indexOf('timestamp'), names.indexOf('close')];
  return lines
    .map((line) => line.split(','))
    .map((cells) => ({ time: cells[time] ?? '', equity: Number(cells[close]) }))
    .filter((point) => point.time >= from && (to === '' || point.time < to));
}
