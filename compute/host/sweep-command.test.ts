import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomBars } from './random-bars.ts';
import { runSweepCommand, type SweepCommand, type SweepOutput, type SweepProgress, type SweepSummary } from './sweep-command.ts';

const [bars] = fc.sample(randomBars(400, 400), { numRuns: 1, seed: 3 });
if (bars === undefined) throw new Error('Invariant: a sample of one');

const COMMAND: SweepCommand = {
  strategy: 'sma-crossover',
  series: [{ symbol: 'AAA', bars }],
  grid: ['fast=2..40', 'slow=2..40', 'direction=long,longshort'],
  threads: '1',
};

async function textOf(command: SweepCommand, output: Partial<SweepOutput> = {}): Promise<{ text: string; summary: SweepSummary }> {
  let text = '';
  const summary = await runSweepCommand(command, { write: (piece) => void (text += piece), ...output });
  return { text, summary };
}

/** Threads that this process has not ended yet. */
let alive = 0;
process.on('worker', (worker) => {
  alive += 1;
  worker.once('exit', () => {
    alive -= 1;
  });
});
/** Threads of this process that have begun and not ended. */
const threads = (): number => alive;

describe('threads', () => {
  test('however many there are, the bytes are the same', async () => {
    const { text, summary } = await textOf(COMMAND);
    expect(summary).toMatchObject({ sets: 39 * 39 * 2, refused: 39 * 40 });
    expect(text.trimEnd().split('\n')).toHaveLength(1 + 39 * 38);
    for (const count of ['2', '3']) expect((await textOf({ ...COMMAND, threads: count })).text).toBe(text);
  });

  test('progress is told, and ends at all of them', async () => {
    const told: SweepProgress[] = [];
    await textOf({ ...COMMAND, where: 'fast<slow' }, { onProgress: (progress) => told.push(progress) });
    expect(told.map(({ done }) => done)).toEqual([512, 1024, 1482]);
    expect(told.every(({ total }) => total === 1482)).toBe(true);
  });
});

describe('an abort', () => {
  const LONG: SweepCommand = { ...COMMAND, grid: ['fast=2..400', 'slow=401..4000'], barByBar: true, threads: '2' };

  test('in the middle ends the sweep with its reason, keeps what was written, and leaves no thread', async () => {
    const before = threads();
    const stop = new AbortController();
    let text = '';
    let during = 0;
    const write = (piece: string): void => {
      text += piece;
      during = threads();
      stop.abort(new Error('enough'));
    };
    await expect(runSweepCommand(LONG, { write, signal: stop.signal })).rejects.toThrow('enough');
    // The header and one piece: of nearly one and a half million sets no more were waited for.
    expect(text.trimEnd().split('\n')).toHaveLength(1 + 512);
    expect(during).toBeGreaterThan(before);
    expect(threads()).toBe(before);
  });

  test('before the beginning writes nothing', async () => {
    const before = threads();
    const written: string[] = [];
    const signal = AbortSignal.abort(new Error('never mind'));
    await expect(runSweepCommand(LONG, { write: (piece) => void written.push(piece), signal })).rejects.toThrow('never mind');
    expect(written).toEqual([]);
    expect(threads()).toBe(before);
  });

  test('a reader that fails ends the sweep too', async () => {
    const before = threads();
    const write = (): never => {
      throw new Error('the pipe is closed');
    };
    await expect(runSweepCommand(LONG, { write })).rejects.toThrow('the pipe is closed');
    expect(threads()).toBe(before);
  });
});

describe('what cannot be carried out', () => {
  test.each<{ name: string; command: Partial<SweepCommand>; error: string; message: RegExp }>([
    { name: 'a parameter that there is not', command: { grid: ['pace=1..3'] }, error: 'ParameterError', message: /pace/ },
    { name: 'a value beyond the bounds', command: { grid: ['fast=0..3'] }, error: 'ParameterError', message: /fast is 0.*1 to 10000/ },
    { name: 'a choice that there is not', command: { grid: ['direction=up'] }, error: 'ParameterError', message: /direction is "up"/ },
    { name: 'no axis', command: { grid: [] }, error: 'UsageError', message: /--grid/ },
    { name: 'an axis twice', command: { grid: ['fast=1..3', 'fast=4'] }, error: 'UsageError', message: /fast is given twice/ },
    {
      name: 'an axis that is fixed',
      command: { grid: ['fast=1..3'], param: ['fast=2'] },
      error: 'UsageError',
      message: /fast is given by/,
    },
    { name: 'no set', command: { where: 'fast>100' }, error: 'UsageError', message: /No set/ },
    { name: 'no thread', command: { threads: '0' }, error: 'UsageError', message: /--threads/ },
    { name: 'samples of a grid', command: { samples: '5' }, error: 'UsageError', message: /--samples/ },
  ])('$name', async ({ command, error, message }) => {
    const before = threads();
    const failure = await textOf({ ...COMMAND, ...command }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(failure).toMatchObject({ name: error });
    expect(String(failure)).toMatch(message);
    expect(threads()).toBe(before);
  });
});

test('sets that the rule refuses are counted and left out', async () => {
  const { text, summary } = await textOf({ ...COMMAND, grid: ['fast=2..4', 'slow=3'] });
  expect(summary).toMatchObject({ sets: 3, refused: 2 });
  expect(text.split('\n').map((line) => line.split(',').slice(0, 2).join())).toEqual(['fast,slow', '2,3', '']);
});
