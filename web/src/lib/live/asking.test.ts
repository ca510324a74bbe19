import { expect, test } from 'vitest';
import { Asking } from './asking.ts';

/** Questions that are answered by hand, in any order. */
function desk() {
  const asked: { readonly about: string; readonly answer: (text: string) => void; readonly fail: (error: Error) => void }[] = [];
  const taken: string[] = [];
  const asking = new Asking<string, string>(
    (about) => new Promise((answer, fail) => asked.push({ about, answer, fail })),
    (answer) => taken.push(answer),
  );
  return { asked, taken, asking, settled: () => new Promise((resolve) => setTimeout(resolve)) };
}

test('what is wanted while an answer is on its way is asked once more after it, however often it was wanted', async () => {
  const { asked, taken, asking, settled } = desk();
  void asking.want('a');
  void asking.want('a');
  void asking.want('a');
  expect(asked).toHaveLength(1);
  asked[0]?.answer('old');
  await settled();
  // The older answer is shown meanwhile: news that comes faster than answers must not keep the page empty.
  expect([taken, asked.length]).toEqual([['old'], 2]);
  asked[1]?.answer('new');
  await settled();
  expect([taken, asked.length]).toEqual([['old', 'new'], 2]);
  void asking.want('a');
  expect(asked).toHaveLength(3);
});

test('other variables are asked at once, and what comes of the older ones is dropped', async () => {
  const { asked, taken, asking, settled } = desk();
  void asking.want('a');
  void asking.want('a');
  void asking.want('b');
  expect(asked.map(({ about }) => about)).toEqual(['a', 'b']);
  asked[1]?.answer('of b');
  asked[0]?.answer('of a');
  await settled();
  expect([taken, asked.length]).toEqual([['of b'], 2]);
});

test('a question that fails does not keep the next from being asked', async () => {
  const { asked, taken, asking, settled } = desk();
  const failing = asking.want('a');
  asked[0]?.fail(new Error('no line'));
  await expect(failing).rejects.toThrow('no line');
  void asking.want('a');
  asked[1]?.answer('there');
  await settled();
  expect(taken).toEqual(['there']);
});
