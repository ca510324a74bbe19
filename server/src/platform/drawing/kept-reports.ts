import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { canonicalJson, hashSeries } from '@tidemark/compute';
import type { ReportRequest } from '../../backtests/drawings.ts';
import { sourcesHash } from '../../journal/snapshots/program.ts';
import type { Artifacts } from '../artifacts/artifacts.ts';

const SERVER = fileURLToPath(new URL('../../', import.meta.url));
const COMPUTE = fileURLToPath(new URL('../../../../compute/', import.meta.url));

/** Of the program that draws: a change in it may draw the same run in another way. */
const PROGRAM = `${sourcesHash(SERVER, ['money', 'market-data', 'backtests'])} ${sourcesHash(COMPUTE, ['host', 'assembly'])}`;

/** A report by all that its bytes depend on: the result, the bars, the module, the words, and the program that draws. */
export function reportName({ result, parts }: ReportRequest, program = PROGRAM): string {
  const { series, module, ...words } = parts;
  const about = canonicalJson([program, words, module?.version ?? null, series === undefined ? null : hashSeries(series)]);
  return `reports/${createHash('sha256').update(about).update('\n').update(result).digest('hex')}`;
}

async function readKept(artifacts: Artifacts, name: string): Promise<string | undefined> {
  const hash = await artifacts.find(name);
  const bytes = hash === undefined ? undefined : await artifacts.get(hash);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

/** The report that is kept under this name, or one that is drawn now and kept. A place that fails is told of, and keeps nobody from reading. */
export async function keptReport(
  artifacts: Artifacts,
  name: string,
  draw: () => Promise<string>,
  warn: (problem: string) => void,
): Promise<string> {
  const told = (what: string, error: unknown): void => warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  try {
    const kept = await readKept(artifacts, name);
    if (kept !== undefined) return kept;
  } catch (error) {
    told('a kept report could not be read, and is drawn anew', error);
  }
  const drawn = await draw();
  try {
    await artifacts.point(name, await artifacts.put(Buffer.from(drawn)));
  } catch (error) {
    told('a report could not be kept', error);
  }
  return drawn;
}
