import { openKillableWorker, type KillableWorker } from '../killable-worker.ts';
import { ModelFileError } from '../model-strategies/any-model.ts';
import { at } from '../rows-input.ts';
import type { GoldenRows } from './golden-rows.ts';
import type { OnnxRequest } from './onnx-thread.ts';

/** Single precision of a figure about 1, with room for the order of sums. */
const TOLERANCE = 1e-6;
const HEAP_MB_MAX = 512;
const DEADLINE_MS = 30_000;
const BYTES_MAX = 64 * 2 ** 20;

/** A model of another program, in a thread of its own. */
export interface OnnxModelSession {
  readonly features: readonly string[];
  /** One figure a row; rows one after another, in the order of the features. */
  readonly predict: (values: Float64Array) => Promise<Float64Array>;
  readonly close: () => Promise<void>;
}

/**
 * Opens an ONNX model of one input of doubles and one figure a row, and asks it for the golden rows first: one that answers otherwise, by more than 1e-6 of 1 or of the
 * figure, is refused with a {@link ModelFileError}, and so is one that the runtime does not take. It runs in a thread that is ended at a deadline.
 */
export async function openOnnx(model: Uint8Array, golden: GoldenRows): Promise<OnnxModelSession> {
  if (model.length > BYTES_MAX) throw new ModelFileError(`The ONNX model has ${model.length} bytes: at most ${BYTES_MAX} are read.`);
  const worker = openKillableWorker(new URL('onnx-thread.ts', import.meta.url), HEAP_MB_MAX);
  try {
    await checkGoldenRows(worker, model, golden);
  } catch (error) {
    await worker.close();
    throw error;
  }
  const columns = golden.features.length;
  return { features: golden.features, predict: (values) => ask(worker, { columns, values }), close: () => worker.close() };
}

async function checkGoldenRows(worker: KillableWorker, model: Uint8Array, { features, rows, predictions }: GoldenRows): Promise<void> {
  const values = Float64Array.from(rows.flat());
  const found = await ask(worker, { model, columns: features.length, values }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new ModelFileError(`The ONNX model cannot be run: ${why}`, { cause: error });
  });
  if (found.length !== predictions.length)
    throw new ModelFileError(`The ONNX model gives ${found.length} figures for ${predictions.length} rows: it must give one a row.`);
  const odd = predictions.findIndex((wanted, row) => !(Math.abs(at(found, row) - wanted) <= TOLERANCE * Math.max(1, Math.abs(wanted))));
  if (odd < 0) return;
  throw new ModelFileError(
    `The ONNX model says ${found[odd]} of golden row ${odd}, and ${predictions[odd]} was recorded: it is not the model that these rows are of, or this runtime computes it otherwise.`,
  );
}

const ask = async (worker: KillableWorker, request: OnnxRequest): Promise<Float64Array> =>
  (await worker.request(request, {
    deadlineMs: DEADLINE_MS,
    late: `The ONNX model took longer than ${DEADLINE_MS / 1000} s and was stopped`,
  })) as Float64Array;
