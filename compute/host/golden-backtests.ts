import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The golden backtests beside the repository, for tests only. */
const GOLDEN = new URL('../../../shared/golden/', import.meta.url);

export function goldenPath(name: string): string {
  const file = new URL(name, GOLDEN);
  if (!existsSync(file)) throw new Error(`The golden file ${name} is missing: expected in the folder shared/golden beside the repository`);
  return file.pathname;
}

type Row = Readonly<Record<string, string>>;

export function readGolden(name: string): readonly Row[] {
  const bytes = readFileSync(goldenPath(name));
  const text = name.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8');
  const [header = '', ...lines] = text.trim().split('\n');
  const names = header.trim().split(',');
  return lines.map((line) => {
    const cells = line.trim().split(',');
    return Object.fromEntries(names.map((each, index) => [each, cells[index] ?? '']));
  });
}

export interface GoldenCase {
  readonly dataset: string;
  readonly engine: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly cash: number;
  readonly fixedSize: number;
  readonly commissionRate: number;
  readonly finalEquity: number;
}

function toMs(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

/** The cases of one name, by one engine, on every data set. */
export function goldenCases(name: string, engine: 'backtrader' | 'backtestingpy'): readonly GoldenCase[] {
  return readGolden('backtests/summary.csv')
    .filter((row) => row['case'] === name && row['engine'] === engine)
    .map((row) => ({
      dataset: row['dataset'] ?? '',
      engine,
      name,
      from: toMs(row['from'] ?? ''),
      to: toMs(row['to'] ?? ''),
      cash: Number(row['initial_cash']),
      fixedSize: Number(row['fixed_size']),
      commissionRate: Number(row['commission_rate']),
      finalEquity: Number(row['final_equity']),
    }));
}
