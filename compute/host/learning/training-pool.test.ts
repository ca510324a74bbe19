import { afterAll, describe, expect, test } from 'vitest';
import type { KillableWorker } from '../killable-worker.ts';
import { ParameterError, TrainingPool, openLearning, openTrainingPool, readLearning } from './learning.node.ts';
import type { BoostingParameters, Samples, TrainingPoolOptions } from './learning.node.ts';
import { madeSamples } from './made-samples.ts';

const learning = await openLearning();
const samples = madeSamples('class', { rows: 2000, features: 5 });
const binary: BoostingParameters = { objective: 'binary', trees: 3 };
/** Takes seconds, far more than any test waits. */
const endless: BoostingParameters = { objective: 'binary', trees: 10_000, depthMax: 8 };

const pool = await openTrainingPool({ threads: 2 });
afterAll(() => pool.close());

const workersOf = (of: TrainingPool): readonly KillableWorker[] => Reflect.get(of, 'workers') as readonly KillableWorker[];
/** A training under way, that its signal can end. */
async function underWay(of: TrainingPool): Promise<{ readonly ended: Promise<unknown>; readonly end: () => void }> {
  const controller = new AbortController();
  const begun = Promise.withResolvers<undefined>();
  const onProgress = (): void => begun.resolve(undefined);
  const ended = of.boost(samples, endless, undefined, { signal: controller.signal, onProgress }).catch((error: unknown) => error);
  await begun.promise;
  return { ended, end: () => controller.abort(new Error('enough')) };
}

test('says how far it is', async () => {
  const rounds: number[] = [];
  await pool.boost(samples, { ...binary, trees: 4 }, undefined, { onProgress: (progress) => rounds.push(progress.rounds) });
  expect(rounds).toEqual([1, 2, 3, 4]);
});

describe('a signal', () => {
  test('ends the training under way, and the next one is whole', async () => {
    const { ended, end } = await underWay(pool);
    end();
    expect(await ended).toEqual(new Error('enough'));
    expect((await pool.boost(samples, binary)).model).toEqual(learning.boost(samples, binary).model);
  });

  test('ends a training that waits at once, and leaves the one before it alone', async () => {
    const { ended, end } = await underWay(pool);
    const controller = new AbortController();
    const waiting = pool.boost(samples, binary, undefined, { signal: controller.signal });
    const behind = pool.boost(samples, binary);
    controller.abort(new Error('no more'));
    await expect(waiting).rejects.toThrow('no more');
    expect(await Promise.race([ended, Promise.resolve('still under way')])).toBe('still under way');
    end();
    await ended;
    expect((await behind).model).toEqual(learning.boost(samples, binary).model);
  });

  test('that was given already begins nothing', async () => {
    const given = pool.boost(samples, binary, undefined, { signal: AbortSignal.abort(new Error('before')) });
    await expect(given).rejects.toThrow('before');
  });
});

describe('a deadline', () => {
  test('ends the training while its columns are laid out or its trees grown', async () => {
    const late = await openTrainingPool({ threads: 2, deadlineMs: 2000 });
    // Laying these out takes most of the time.
    const { columns, target } = madeSamples('class', { rows: 120_000, features: 3 });
    const wide = Array.from({ length: 36 }, (_, feature) => columns[feature % 3] ?? target);
    await expect(late.boost({ names: wide.map((_, feature) => `f${feature}`), columns: wide, target }, endless)).rejects.toThrow(
      /longer than 2 s/,
    );
    await late.close();
  });

  test('does not run while a training waits for its turn', async () => {
    const short = await openTrainingPool({ threads: 1, deadlineMs: 2000 });
    const first = short.boost(samples, endless).catch((error: unknown) => error);
    const second = short.boost(samples, binary);
    expect(String(await first)).toMatch(/longer than 2 s/);
    expect((await second).model).toEqual(learning.boost(samples, binary).model);
    await short.close();
  });
});

test.each<TrainingPoolOptions>([
  { threads: 0 },
  { threads: 65 },
  { threads: 1.5 },
  { deadlineMs: 0 },
  { deadlineMs: Infinity },
  { deadlineMs: Number.NaN },
  { deadlineMs: 2 ** 31 },
])('%j is refused', async (options) => {
  const [name = ''] = Object.keys(options);
  await expect(openTrainingPool(options)).rejects.toThrow(ParameterError);
  await expect(openTrainingPool(options)).rejects.toThrow(new RegExp(`Training: ${name} is .* from 1 to`));
});

describe('what cannot be trained is refused as one thread does', () => {
  const columns = samples.columns.map((column) => column.map(() => 4));
  const bad: readonly { readonly name: string; readonly given: Samples; readonly parameters: BoostingParameters }[] = [
    { name: 'seen before a thread is asked', given: { ...samples, target: new Float64Array(2000) }, parameters: binary },
    { name: 'constant columns, which a thread sees', given: { ...samples, columns }, parameters: binary },
    { name: 'a parameter', given: samples, parameters: { ...binary, monotone: { f9: 1 } } },
  ];
  test.each(bad)('$name', async ({ given, parameters }) => {
    const error = await pool.boost(given, parameters).catch((reason: unknown) => reason);
    try {
      learning.boost(given, parameters);
      expect.unreachable('one thread refuses it');
    } catch (expected) {
      expect(error).toEqual(expected);
      expect(Object.getPrototypeOf(error)).toBe(Object.getPrototypeOf(expected));
    }
    expect((await pool.boost(samples, binary)).rounds).toBe(3);
  });
});

test('where a thread died at rest, the others are closed and all are made anew', async () => {
  const two = new TrainingPool(await WebAssembly.compile(await readLearning()), { threads: 2 });
  await two.boost(samples, binary);
  const before = workersOf(two);
  await before[1]?.close();
  expect(before.map((worker) => worker.isAlive())).toEqual([true, false]);
  expect((await two.boost(samples, binary)).rounds).toBe(3);
  expect(before.map((worker) => worker.isAlive())).toEqual([false, false]);
  await two.close();
  await expect(two.boost(samples, binary)).rejects.toThrow(/closed/);
});
