import { cutsOf } from './cuts.ts';
import { BINS_MAX, DIGIT_BYTES, type Layout } from './layout.ts';
import { instantiateLearning, newMemory, type LearningFunctions } from './learning-module.ts';
import type { TrainingRequest } from './training.ts';

/** A training whose columns are to be cut in bins, by all of its threads. */
export interface Binning {
  readonly module: WebAssembly.Module;
  readonly request: TrainingRequest;
  /** Of the training: shared by its threads. */
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
}

/** Places in a memory of the thread's own. */
interface Desk {
  readonly memory: WebAssembly.Memory;
  readonly functions: LearningFunctions;
  readonly values: number;
  readonly sorted: number;
  readonly spare: number;
  readonly digits: number;
  readonly cuts: number;
  readonly bins: number;
}

function openDesk(module: WebAssembly.Module, rows: number): Desk {
  const firstAddress = instantiateLearning(module, newMemory(1, '')).firstAddress();
  const [values, sorted, spare] = [0, 1, 2].map((place) => firstAddress + place * rows * 8) as [number, number, number];
  const digits = spare + rows * 8;
  const cuts = digits + DIGIT_BYTES;
  const bins = cuts + BINS_MAX * 8;
  const memory = newMemory(bins + rows, 'use fewer rows');
  return { memory, functions: instantiateLearning(module, memory), values, sorted, spare, digits, cuts, bins };
}

/** Bins of a column, by the cuts that are on the desk. They are there until the next call. */
function binsOf({ memory, functions, values, cuts, bins }: Desk, column: Float64Array, cutCount: number): Uint8Array {
  new Float64Array(memory.buffer, values, column.length).set(column);
  functions.writeBins(values, column.length, cuts, cutCount, bins);
  return new Uint8Array(memory.buffer, bins, column.length);
}

/** Puts the cuts of a column on the desk, and answers with how many of its values are not missing. */
function cut({ memory, functions, ...desk }: Desk, column: Float64Array, binsMax: number): { cuts: Float64Array; known: number } {
  new Float64Array(memory.buffer, desk.values, column.length).set(column);
  const known = functions.sortValues(desk.values, column.length, desk.sorted, desk.spare, desk.digits);
  const cuts = cutsOf(new Float64Array(memory.buffer, desk.sorted, known), binsMax);
  new Float64Array(memory.buffer, desk.cuts, cuts.length).set(cuts);
  return { cuts, known };
}

/** Writes the cuts and the bins of one feature. */
function binFeature(feature: number, desk: Desk, { request, memory, layout }: Binning): void {
  const { samples, held, parameters } = request;
  const { addresses, stride, heldStride } = layout;
  const column = samples.columns[feature] ?? new Float64Array();
  const { cuts, known } = cut(desk, column, parameters.binsMax);
  new Float64Array(memory.buffer, layout.cuts + feature * BINS_MAX * 8, cuts.length).set(cuts);
  new Int32Array(memory.buffer, layout.cutCounts)[feature] = cuts.length;
  // Different values, or some that are missing and some that are not, tell rows apart.
  const tells = cuts.length > 0 || (known > 0 && known < column.length);
  new Int32Array(memory.buffer, addresses.binCounts)[feature] = tells ? cuts.length + 1 : 0;
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(binsOf(desk, column, cuts.length), addresses.bins + feature * stride);
  const ofHeld = held?.columns[feature];
  if (ofHeld !== undefined) bytes.set(binsOf(desk, ofHeld, cuts.length), addresses.heldBins + feature * heldStride);
}

/** Cuts features that nobody else has begun, until there is none left. Which thread does one changes nothing. */
export function binFeatures(binning: Binning): void {
  const { module, request, memory, layout } = binning;
  const [next, done] = [0, 1];
  const progress = new Int32Array(memory.buffer, layout.binning, 2);
  const features = request.samples.columns.length;
  let desk: Desk | undefined;
  for (let feature = Atomics.add(progress, next, 1); feature < features; feature = Atomics.add(progress, next, 1)) {
    desk ??= openDesk(module, Math.max(request.samples.rows, request.held?.rows ?? 0));
    binFeature(feature, desk, binning);
    if (Atomics.add(progress, done, 1) + 1 === features) Atomics.notify(progress, done);
  }
}

/** Waits until all features are in bins, and gives their cuts. Throws a RangeError where none of them tells rows apart. */
export function binnedCuts({ request, memory, layout }: Binning): readonly Float64Array[] {
  const features = request.samples.columns.length;
  const progress = new Int32Array(memory.buffer, layout.binning, 2);
  for (let done = Atomics.load(progress, 1); done < features; done = Atomics.load(progress, 1)) Atomics.wait(progress, 1, done);
  if (new Int32Array(memory.buffer, layout.addresses.binCounts, features).every((count) => count === 0)) {
    throw new RangeError('Training: each feature has one value in all rows, or none at all: give features that vary.');
  }
  const counts = new Int32Array(memory.buffer, layout.cutCounts, features);
  return Array.from(counts, (count, feature) => new Float64Array(memory.buffer, layout.cuts + feature * BINS_MAX * 8, count).slice());
}
