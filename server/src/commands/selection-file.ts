import { readFile } from 'node:fs/promises';
import type { BacktestResult } from '@tidemark/compute/types';
import { z } from 'zod';
import type { SelectionRecord } from '../backtests/selection.ts';
import { parseJsonFile } from './parse-file.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex');
const probability = z.number().min(0).max(1).nullable();
const reason = z.string().min(1).max(200).optional();

/** Nothing is left out and nothing added: a figure that is not known is `null`. */
const selection = z.strictObject({
  format: z.literal(1),
  dataHash: sha256,
  strategyVersion: sha256,
  trials: z.int().min(1),
  psr: probability,
  dsr: probability,
  pbo: probability,
  walkForwardEfficiency: z.number().nullable(),
  trackRecordMin: z.number().min(1).nullable(),
  reasons: z.strictObject({ psr: reason, dsr: reason, pbo: reason, walkForwardEfficiency: reason, trackRecordMin: reason }).optional(),
});

/** A file that holds no selection record, or that of another run. */
export class SelectionFileError extends Error {
  override readonly name = 'SelectionFileError';
}

const GIVE =
  'Give a selection record: format, dataHash, strategyVersion, trials, psr, dsr, pbo, walkForwardEfficiency, trackRecordMin, and reasons if there are any.';

/** Throws {@link SelectionFileError}. */
export function parseSelection(text: string, file: string, { data, strategy }: BacktestResult): SelectionRecord {
  const parsed = parseJsonFile(text, file, selection, GIVE, (why, cause) => new SelectionFileError(why, { cause }));
  const refuse = (field: string, found: string, own: string): never => {
    throw new SelectionFileError(
      `${file}, field ${field}: is ${found.slice(0, 12)}…, but the run has ${own.slice(0, 12)}…. Give the record of the same ${field === 'dataHash' ? 'bars' : 'strategy'}.`,
    );
  };
  if (parsed.dataHash !== data.hash) refuse('dataHash', parsed.dataHash, data.hash);
  if (parsed.strategyVersion !== strategy.version) refuse('strategyVersion', parsed.strategyVersion, strategy.version);
  return parsed as SelectionRecord;
}

export async function readSelection(file: string, run: BacktestResult): Promise<SelectionRecord> {
  return parseSelection(await readFile(file, 'utf8'), file, run);
}
