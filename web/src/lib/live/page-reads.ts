import type { Answer } from './client.ts';

/** A page of a list, as the server's connections give it. */
export interface PageOf<T> {
  readonly edges: readonly { readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount?: number;
}

/** The page after a cursor, the newest where there is none. `wanted` says how many are still missing: 0 where any page will do, {@link PAGE_MAX} at most. */
export type ReadPage<T> = (after: string | null, wanted: number) => Promise<Answer<PageOf<T>>>;

/** The server's greatest page. */
export const PAGE_MAX = 500;

interface Stretch<T> {
  readonly items: readonly T[];
  /** After which older ones come; `null` where that was all. */
  readonly cursor: string | null;
  readonly total: number | undefined;
}

interface Stretched<T> {
  readonly page: ReadPage<T>;
  /** From the newest on where it is absent. */
  readonly after?: string | null;
  /** How many, where there are so many; one page at any rate. */
  readonly least: number;
  /** Whether to read on. */
  readonly isWanted?: () => boolean;
}

/** Page after page until there are enough, or no more. */
export async function readStretch<T>({ page, after = null, least, isWanted = () => true }: Stretched<T>): Promise<Answer<Stretch<T>>> {
  const items: T[] = [];
  let cursor = after;
  let total: number | undefined;
  do {
    const answer: Answer<PageOf<T>> = await page(cursor, Math.min(PAGE_MAX, least - items.length));
    if (!answer.ok) return answer;
    const { edges, pageInfo, totalCount } = answer.data;
    items.push(...edges.map(({ node }) => node));
    cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    total = totalCount;
  } while (cursor !== null && items.length < least && isWanted());
  return { ok: true, data: { items, cursor, total } };
}

/** What a list shows of its pages. */
export interface ShownPages<T> {
  items: readonly T[];
  /** After which older ones come. */
  cursor: string | null;
  /** Somebody waits for what is being read; news that is read by itself does not count. */
  loading: boolean;
  failure: string | undefined;
  /** How many there are in all, where the connection counts. */
  total: number | undefined;
}

type Job = 'anew' | 'older' | 'again';
/** Older ones before news: news that comes faster than its answers must not keep somebody waiting. */
const ORDER: readonly Job[] = ['anew', 'older', 'again'];

/** Reads a list's pages, one question after the other; what was asked before it was begun anew is dropped. */
export class PageReads<T extends { readonly id: string }> {
  readonly #shown: ShownPages<T>;
  readonly #tellOlder: (message: string) => void;
  #page: ReadPage<T> | undefined;
  /** How often it was begun anew. */
  #turn = 0;
  readonly #jobs = new Set<Job>();
  #isAtWork = false;

  /** `tellOlder` is told why older ones could not be read: what is shown is as new as before. */
  constructor(shown: ShownPages<T>, tellOlder: (message: string) => void) {
    this.#shown = shown;
    this.#tellOlder = tellOlder;
  }

  /** From the newest page. `page` is of one filter: another one begins anew. */
  async anew(page: ReadPage<T>): Promise<void> {
    this.#page = page;
    this.#turn += 1;
    this.#jobs.clear();
    this.#jobs.add('anew');
    this.#shown.loading = true;
    await this.#work();
  }

  /** As much as is open, once what is being read now is there. */
  async again(): Promise<void> {
    this.#jobs.add('again');
    if (!this.#isAtWork) await this.#work();
  }

  /** The next page; nothing while somebody waits for one already. */
  async older(): Promise<void> {
    if (this.#shown.loading || this.#shown.cursor === null) return;
    this.#jobs.add('older');
    this.#shown.loading = true;
    if (!this.#isAtWork) await this.#work();
  }

  async #work(): Promise<void> {
    const turn = this.#turn;
    const isWanted = () => turn === this.#turn;
    this.#isAtWork = true;
    try {
      for (let job = this.#next(); job !== undefined; job = this.#next()) {
        await this.#carryOut(job, isWanted);
        if (!isWanted()) return;
        this.#shown.loading = this.#jobs.has('older');
      }
    } finally {
      if (isWanted()) {
        this.#isAtWork = false;
        this.#shown.loading = false;
      }
    }
  }

  #next(): Job | undefined {
    const next = ORDER.find((job) => this.#jobs.has(job));
    if (next !== undefined) this.#jobs.delete(next);
    return next;
  }

  async #carryOut(job: Job, isWanted: () => boolean): Promise<void> {
    const shown = this.#shown;
    if (this.#page === undefined) return;
    const isOlder = job === 'older';
    const after = isOlder ? shown.cursor : null;
    // What was read again meanwhile may have come to the end.
    if (isOlder && after === null) return;
    const answer = await readStretch({ page: this.#page, after, least: job === 'again' ? shown.items.length : 0, isWanted });
    if (!isWanted()) return;
    if (!answer.ok) {
      if (isOlder) this.#tellOlder(answer.message);
      else shown.failure = answer.message;
      return;
    }
    const { items, cursor, total } = answer.data;
    const known = new Set(isOlder ? shown.items.map(({ id }) => id) : []);
    shown.items = isOlder ? [...shown.items, ...items.filter(({ id }) => !known.has(id))] : items;
    shown.cursor = cursor;
    shown.failure = undefined;
    shown.total = total;
  }
}
