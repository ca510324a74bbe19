import { expect, test } from 'vitest';
import { PageReads, readStretch } from './page-reads.ts';
import type { PageOf, ReadPage, ShownPages } from './page-reads.ts';

interface Row {
  readonly id: string;
}
interface Question {
  readonly list: string;
  readonly after: string | null;
  readonly wanted: number;
  readonly answer: (ids: readonly string[], cursor?: string) => Promise<void>;
  readonly refuse: (message: string) => Promise<void>;
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve));
const pageOf = (ids: readonly string[], cursor: string | undefined): PageOf<Row> => ({
  edges: ids.map((id) => ({ node: { id } })),
  pageInfo: { hasNextPage: cursor !== undefined, endCursor: cursor ?? null },
  totalCount: ids.length,
});

/** A list whose pages are answered by hand, in any order. */
function desk() {
  const asked: Question[] = [];
  const told: string[] = [];
  const shown: ShownPages<Row> = { items: [], cursor: null, loading: true, failure: undefined, total: undefined };
  const reads = new PageReads<Row>(shown, (message) => told.push(message));
  const of =
    (list: string): ReadPage<Row> =>
    (after, wanted) =>
      new Promise((resolve) =>
        asked.push({
          list,
          after,
          wanted,
          answer: (ids, cursor) => {
            resolve({ ok: true, data: pageOf(ids, cursor) });
            return settled();
          },
          refuse: (message) => {
            resolve({ ok: false, message });
            return settled();
          },
        }),
      );
  return { asked, told, shown, reads, of, ids: () => shown.items.map(({ id }) => id).join(' ') };
}

/** One whose newest page, of two, is there. */
async function opened() {
  const made = desk();
  void made.reads.anew(made.of('all'));
  await made.asked[0]?.answer(['f', 'e'], 'e');
  return made;
}

test('a page that is asked for twice is read and shown once', async () => {
  const { asked, shown, reads, ids } = await opened();
  expect([ids(), shown.loading, shown.total]).toEqual(['f e', false, 2]);
  void reads.older();
  void reads.older();
  expect([asked.length, asked[1]?.after, shown.loading]).toEqual([2, 'e', true]);
  await asked[1]?.answer(['d', 'c']);
  expect([ids(), shown.cursor, shown.loading, asked.length]).toEqual(['f e d c', null, false, 2]);
  void reads.older();
  expect(asked).toHaveLength(2);
});

test('one that is shown already does not stand there twice', async () => {
  const { asked, reads, ids } = await opened();
  void reads.older();
  await asked[1]?.answer(['e', 'd']);
  expect(ids()).toBe('f e d');
});

test('what was asked under another filter is dropped, older pages as well, in whatever order they come', async () => {
  const { asked, shown, reads, of, ids } = await opened();
  void reads.older();
  void reads.anew(of('filled'));
  void reads.anew(of('denied'));
  expect(asked.map(({ list, after }) => [list, after])).toEqual([
    ['all', null],
    ['all', 'e'],
    ['filled', null],
    ['denied', null],
  ]);
  await asked[3]?.answer(['z'], 'z');
  await asked[2]?.answer(['y']);
  await asked[1]?.answer(['d']);
  expect([ids(), shown.cursor, shown.loading, asked.length]).toEqual(['z', 'z', false, 4]);
  void reads.older();
  expect(asked[4]).toMatchObject({ list: 'denied', after: 'z' });
});

test('while the newest answer is missing the list loads, though an older one has come', async () => {
  const { asked, shown, reads, of, ids } = await opened();
  void reads.anew(of('filled'));
  void reads.anew(of('denied'));
  await asked[1]?.answer(['y']);
  expect([ids(), shown.loading]).toEqual(['f e', true]);
});

test('what is read again is as much as is open, in as many pages as it takes', async () => {
  const { asked, shown, reads, ids } = await opened();
  void reads.older();
  await asked[1]?.answer(['d', 'c'], 'c');
  void reads.again();
  expect([asked[2]?.after, asked[2]?.wanted, shown.loading]).toEqual([null, 4, false]);
  await asked[2]?.answer(['g', 'f', 'e'], 'e');
  expect([ids(), asked[3]?.after, asked[3]?.wanted]).toEqual(['f e d c', 'e', 1]);
  await asked[3]?.answer(['d'], 'd');
  expect([ids(), shown.cursor, asked.length]).toEqual(['g f e d', 'd', 4]);
});

test('news while older ones are on their way waits for them, and leaves no hole', async () => {
  const { asked, reads, ids } = await opened();
  void reads.older();
  void reads.again();
  void reads.again();
  expect(asked).toHaveLength(2);
  await asked[1]?.answer(['d', 'c'], 'c');
  expect([ids(), asked[2]?.after, asked[2]?.wanted]).toEqual(['f e d c', null, 4]);
  await asked[2]?.answer(['h', 'g', 'f', 'e'], 'e');
  expect([ids(), asked.length]).toEqual(['h g f e', 3]);
});

test('older ones that are wanted while news is read come before more news, and after what is shown then', async () => {
  const { asked, shown, reads, ids } = await opened();
  void reads.again();
  void reads.older();
  void reads.again();
  expect([asked.length, shown.loading]).toEqual([2, true]);
  await asked[1]?.answer(['g', 'f'], 'f');
  expect([ids(), shown.loading, asked[2]?.after]).toEqual(['g f', true, 'f']);
  await asked[2]?.answer(['e', 'd'], 'd');
  expect([ids(), shown.loading, asked[3]?.wanted]).toEqual(['g f e d', false, 4]);
});

test('a failure is said; that of older ones to who asked, for what is shown is as new as before', async () => {
  const { asked, told, shown, reads, of, ids } = await opened();
  void reads.older();
  await asked[1]?.refuse('no line');
  expect([told, shown.failure, shown.loading, shown.cursor]).toEqual([['no line'], undefined, false, 'e']);
  void reads.again();
  await asked[2]?.refuse('too busy');
  expect([ids(), shown.failure]).toEqual(['f e', 'too busy']);
  void reads.anew(of('all'));
  await asked[3]?.answer(['f']);
  expect([ids(), shown.failure, told.length]).toEqual(['f', undefined, 1]);
});

test('a question that throws does not keep the next from being asked', async () => {
  const { asked, shown, reads, of } = desk();
  await expect(reads.anew(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(shown.loading).toBe(false);
  void reads.anew(of('all'));
  expect(asked).toHaveLength(1);
});

test('a stretch is read in pages of what the server gives at most, and says whether more come', async () => {
  const asked: (readonly [string | null, number])[] = [];
  const page: ReadPage<Row> = (after, wanted) => {
    asked.push([after, wanted]);
    const from = Number(after ?? 0);
    const ids = Array.from({ length: wanted }, (_, index) => String(from + index));
    return Promise.resolve({ ok: true, data: pageOf(ids, String(from + wanted)) });
  };
  const answer = await readStretch({ page, least: 1_200 });
  expect(asked).toEqual([
    [null, 500],
    ['500', 500],
    ['1000', 200],
  ]);
  expect(answer.ok && [answer.data.items.length, answer.data.cursor]).toEqual([1_200, '1200']);
});
