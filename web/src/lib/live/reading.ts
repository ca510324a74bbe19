import { isNews } from './kept.ts';

/** Of so many things it is kept when they were pushed: more are not shown. */
const KEPT = 1_000;

/** What was pushed since it is followed: the newest entry of the journal about each thing, and about the account as a whole. */
export class Pushed {
  #states = 0;
  readonly #facts = new Map<string, number>();

  noteFact(id: string, cursor: string): void {
    // What was told may be told again, from an older cursor on.
    const seq = Math.max(this.#facts.get(id) ?? 0, Number(cursor));
    // Anew at the end: the first is the one that was longest not told of.
    this.#facts.delete(id);
    this.#facts.set(id, seq);
    const [oldest] = this.#facts.keys();
    if (this.#facts.size > KEPT && oldest !== undefined) this.#facts.delete(oldest);
  }

  noteStates(cursor: string): void {
    this.#states = Math.max(this.#states, Number(cursor));
  }

  /** Whether a push told of it after this entry. */
  isFactAfter(id: string, seq: number): boolean {
    return (this.#facts.get(id) ?? 0) > seq;
  }

  /** Whether a push showed the account, its positions or its strategies as they were after this entry. */
  areStatesAfter(seq: number): boolean {
    return this.#states > seq;
  }

  /** Nothing is followed any more: what is read next is the newest, and may be of another journal. */
  clear(): void {
    this.#states = 0;
    this.#facts.clear();
  }
}

/** The list that was read, with what is known in the place of what is older; what is news to it comes first. */
function withNews<T extends { readonly id: string }>(
  known: readonly T[],
  read: readonly T[],
  isNewer: (known: T, read: T | undefined) => boolean,
): readonly T[] {
  const ours = new Map(known.map((one) => [one.id, one]));
  const theirs = new Set(read.map(({ id }) => id));
  const fresh = known.filter((one) => !theirs.has(one.id) && isNewer(one, undefined));
  const listed = read.map((one) => {
    const own = ours.get(one.id);
    return own !== undefined && isNewer(own, one) ? own : one;
  });
  return [...fresh, ...listed];
}

/** A reading may be of before the pushes that came while it was on its way: `seq` is the newest entry that it shows. */
export function ordersOf<T extends { readonly id: string; readonly updatedAt: string }>(
  known: readonly T[],
  read: readonly T[],
  seq: number,
  pushed: Pushed,
): readonly T[] {
  return withNews(
    known,
    read,
    // The clock tells of those that were an answer; of the same moment only the journal's order tells.
    (own, told) => pushed.isFactAfter(own.id, seq) || (told !== undefined && isNews(told, own, 'answer')),
  );
}

export function alertsOf<T extends { readonly id: string; readonly seq: number; readonly acknowledgedAt: string | null }>(
  known: readonly T[],
  read: readonly T[],
  seq: number,
  pushed: Pushed,
): readonly T[] {
  return withNews(
    known,
    read,
    // Who has seen an alert has seen it: it is not open again.
    (own, told) => own.seq > seq || pushed.isFactAfter(own.id, seq) || (told?.acknowledgedAt === null && own.acknowledgedAt !== null),
  );
}
