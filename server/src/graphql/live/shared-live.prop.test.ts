import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../journal/journal.ts';
import { instantFromMs } from '../../money/instant.ts';
import { closable } from './closable.ts';
import { facts } from './facts.ts';
import type { FactSource } from './facts.ts';
import { LiveFeeds } from './live-feeds.ts';
import type { LiveOperation } from './live-feeds.ts';
import type { LiveRun } from './live-run.ts';
import type { Outlet, Payload, Reader } from './outlet.ts';
import { states } from './states.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A journal in memory; every third entry is a fact of the kind that is subscribed to. */
class Growing implements FactSource {
  readonly entries: JournalEntry[] = [];
  readonly listeners = new Set<() => void>();
  executions = 0;

  grow(by: number): void {
    for (let index = 0; index < by; index += 1) {
      const seq = this.entries.length + 1;
      const fields = { kind: 'ClockTicked', type: 'event', actor: 'engine', cause: undefined, payload: {} } as const;
      this.entries.push({ ...fields, seq, at: instantFromMs(seq), writtenAtMs: seq, hash: String(seq), previousHash: String(seq - 1) });
    }
    for (const listener of this.listeners) listener();
  }
  head(): { seq: number } {
    return { seq: this.entries.length };
  }
  async catchUp(): Promise<void> {
    await turn();
  }
  async read(after: number, limit: number): Promise<readonly JournalEntry[]> {
    await turn();
    return this.entries.slice(after, after + limit);
  }
  onAppended(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  async projected(): Promise<void> {
    await turn();
  }
}

/** What stands between a subscription and its client: takes a message at once, or when the client reads again. */
class Wire implements Outlet {
  readonly seen: { seqs?: number[]; cursor: string; __typename?: string; point?: number | null; value?: number }[] = [];
  isReading = true;
  private waiting: (() => void) | undefined;
  /** The most messages that waited at once. */
  backlogMax = 0;
  private backlog = 0;

  isIdle(): boolean {
    return this.isReading && this.backlog === 0;
  }
  give(payloads: readonly Payload[], left?: () => void): void {
    for (const payload of payloads)
      this.seen.push(JSON.parse(payload.framed('', (answer) => answer).toString()) as (typeof this.seen)[number]);
    if (this.isReading) {
      left?.();
      return;
    }
    this.backlog += payloads.length;
    this.backlogMax = Math.max(this.backlogMax, this.backlog);
    this.waiting = left;
  }
  read(): void {
    this.isReading = true;
    this.backlog = 0;
    const left = this.waiting;
    this.waiting = undefined;
    left?.();
  }
}

type Events = (run: LiveRun) => AsyncIterableIterator<unknown>;

const BEHIND_MAX = 60;

/** One event for each third entry, as orders are; or, as the journal itself, one for each batch. */
const factEvents =
  (journal: Growing, isWhole: boolean): Events =>
  (run) =>
    closable(async function* (signal) {
      journal.executions += 1;
      const pick = (entries: readonly JournalEntry[]) =>
        isWhole
          ? [{ cursor: String(entries.at(-1)?.seq), seqs: entries.map(({ seq }) => seq) }]
          : entries.filter(({ seq }) => seq % 3 === 0).map(({ seq }) => ({ cursor: String(seq), seqs: [seq] }));
      for await (const event of facts(journal, { after: undefined, behindMax: BEHIND_MAX, run }, pick, signal)) {
        run.eventSeq = Number(event.cursor);
        await turn();
        yield event;
      }
    });

const operation = (journal: Growing, kind: LiveOperation['kind'], events: Events, cursor?: number): LiveOperation => ({
  key: 'the same for all',
  kind,
  cursor,
  head: journal.head().seq,
  execute: async (run) => {
    await turn();
    return events(run);
  },
});

interface Listening {
  readonly from: number;
  readonly wire: Wire;
  readonly reader: Reader;
  ended: boolean;
}

type Act =
  | { readonly kind: 'grow'; readonly by: number }
  | { readonly kind: 'join'; readonly behind: number }
  | { readonly kind: 'leave' | 'pause' | 'resume'; readonly who: number }
  | { readonly kind: 'wait'; readonly turns: number };

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('grow' as const), by: fc.integer({ min: 1, max: 25 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('join' as const), behind: fc.nat({ max: 80 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('leave', 'pause', 'resume'), who: fc.nat({ max: 7 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), turns: fc.nat({ max: 12 }) }) },
);

async function join(feeds: LiveFeeds, asked: LiveOperation): Promise<Listening> {
  const wire = new Wire();
  const reader = await feeds.join(asked, wire);
  const listening: Listening = { from: asked.cursor ?? asked.head, wire, reader, ended: false };
  void reader.next().then(() => (listening.ended = true));
  return listening;
}

async function carryOut(
  act: Act,
  journal: Growing,
  feeds: LiveFeeds,
  all: Listening[],
  ask: (cursor: number) => LiveOperation,
): Promise<void> {
  if (act.kind === 'grow') return journal.grow(act.by);
  if (act.kind === 'join') return void all.push(await join(feeds, ask(Math.max(0, journal.head().seq - act.behind))));
  if (act.kind === 'wait') {
    for (let count = 0; count < act.turns; count += 1) await turn();
    return;
  }
  const listening = all[act.who];
  if (listening === undefined) return;
  if (act.kind === 'pause') listening.wire.isReading = false;
  if (act.kind === 'resume') listening.wire.read();
  if (act.kind === 'leave') await listening.reader.return();
}

async function until(holds: () => boolean): Promise<void> {
  for (let count = 0; count < 20_000 && !holds(); count += 1) await turn();
}

/** Each once and in order from its cursor, to the end or to the word to begin anew. */
function checkFacts({ from, wire: { seen, backlogMax }, ended }: Listening, head: number, left: boolean, isWhole: boolean): void {
  const resync = seen.findIndex(({ __typename }) => __typename === 'Resync');
  const told = (resync < 0 ? seen : seen.slice(0, resync)).flatMap(({ seqs }) => seqs ?? []);
  const all = Array.from({ length: head - from }, (_, index) => from + 1 + index).filter((seq) => isWhole || seq % 3 === 0);
  expect(told).toEqual(all.slice(0, told.length));
  expect(backlogMax).toBeLessThanOrEqual(1);
  if (resync >= 0) expect([resync, ended]).toEqual([seen.length - 1, true]);
  else if (!left) expect(told.length).toBe(all.length);
}

describe('readers that share an operation', () => {
  test.each([
    ['each event by itself', false],
    ['events that stand for a batch of entries', true],
  ])('facts, %s: every reader that comes, goes or is slow hears each once and in order', async (_name, isWhole) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyAct, { minLength: 5, maxLength: 40 }), async (acts) => {
        const [journal, feeds] = [new Growing(), new LiveFeeds()];
        journal.grow(100);
        const events = factEvents(journal, isWhole);
        const all: Listening[] = [];
        const left = new Set<Listening | undefined>();
        for (const act of acts) {
          await carryOut(act, journal, feeds, all, (cursor) => operation(journal, 'fact', events, cursor));
          if (act.kind === 'leave') left.add(all[act.who]);
        }
        for (const { wire } of all) wire.read();
        const head = journal.head().seq;
        const last = isWhole ? head : head - (head % 3);
        const isDone = (each: Listening): boolean =>
          each.ended || left.has(each) || each.from >= last || (each.wire.seen.at(-1)?.seqs?.at(-1) ?? 0) >= last;
        await until(() => all.every(isDone));
        for (const each of all) checkFacts(each, head, left.has(each), isWhole);
        for (const each of all) await each.reader.return();
        await until(() => journal.listeners.size === 0);
        expect([journal.listeners.size, feeds.count()]).toEqual([0, 0]);
      }),
      { numRuns: 150 },
    );
  });

  test('a hundred readers that follow cost one execution', async () => {
    const [journal, feeds] = [new Growing(), new LiveFeeds()];
    journal.grow(9);
    const all: Listening[] = [];
    for (let count = 0; count < 100; count += 1) all.push(await join(feeds, operation(journal, 'fact', factEvents(journal, false))));
    for (let count = 0; count < 5; count += 1) {
      journal.grow(30);
      await until(() => all.every(({ wire }) => wire.seen.at(-1)?.cursor === String(9 + 30 * (count + 1))));
    }
    expect(all.map(({ wire }) => wire.seen.length)).toEqual(all.map(() => 50));
    expect(journal.executions).toBe(1);
    for (const { reader } of all) await reader.return();
  });

  test('a reader that falls out of what is kept ready reads the journal for itself, and joins again', async () => {
    const [journal, feeds] = [new Growing(), new LiveFeeds()];
    journal.grow(3);
    const asked = operation(journal, 'fact', (run) => factEvents(journal, false)(Object.assign(run, { behindMax: 1e9 })));
    const slow = await join(feeds, asked);
    const quick = await join(feeds, asked);
    slow.wire.isReading = false;
    // In steps, each shorter than what is kept ready: the quick reader never falls out, however slow the machine is.
    for (let told = 300; told <= 3_000; told += 300) {
      journal.grow(900);
      await until(() => quick.wire.seen.length === told);
    }
    expect(slow.wire.seen.length).toBe(1);
    slow.wire.read();
    await until(() => slow.wire.seen.length === 3_000);
    journal.grow(30);
    await until(() => slow.wire.seen.length === 3_010);
    expect(slow.wire.seen).toEqual(quick.wire.seen);
    expect(journal.executions).toBe(2);
    for (const { reader } of [slow, quick]) await reader.return();
  });
});

/** A state that counts; each value says also what was new since the one before: as the account's equity tells of a closed bar. */
const stateEvents =
  (source: { value: number; executions: number; listeners: Set<() => void> }): Events =>
  (run) =>
    closable((signal) => {
      let shown = run.shownSeq;
      source.executions += 1;
      const slowness = (source.executions * 7) % 9;
      return states(
        {
          read: () => source.value,
          onChange: (listener) => {
            source.listeners.add(listener);
            return () => source.listeners.delete(listener);
          },
        },
        { changed: (before, now) => before !== now, restMs: 0, run },
        async (value) => {
          // What was read is on its way for longer in one execution than in another.
          for (let count = 0; count < slowness; count += 1) await turn();
          const before = shown;
          shown = value;
          run.shownSeq = value;
          return { cursor: String(value), value, since: before ?? null };
        },
        signal,
      );
    });

test('states: every reader begins with a snapshot, never goes back, ends with the newest, and loses nothing that is told since the value before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyAct, { minLength: 5, maxLength: 30 }), async (acts) => {
      const [journal, feeds] = [new Growing(), new LiveFeeds()];
      const source = { value: 1, executions: 0, listeners: new Set<() => void>() };
      const all: Listening[] = [];
      const left = new Set<Listening | undefined>();
      for (const act of acts) {
        if (act.kind === 'grow') {
          source.value += act.by;
          for (const listener of source.listeners) listener();
        } else if (act.kind === 'wait') await sleep(act.turns % 4);
        else await carryOut(act, journal, feeds, all, () => operation(journal, 'state', stateEvents(source)));
        if (act.kind === 'leave') left.add(all[act.who]);
      }
      for (const { wire } of all) wire.read();
      await until(() => all.every((each) => left.has(each) || each.wire.seen.at(-1)?.value === source.value));
      for (const each of all) {
        const seen = each.wire.seen as unknown as readonly { value: number; since: number | null }[];
        seen.slice(1).forEach(({ value, since }, index) => {
          expect(value).toBeGreaterThanOrEqual(seen[index]?.value ?? 0);
          expect(since ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(seen[index]?.value ?? 0);
        });
        if (!left.has(each)) expect(seen.at(-1)?.value).toBe(source.value);
        expect(each.wire.backlogMax).toBeLessThanOrEqual(1);
        await each.reader.return();
      }
      await until(() => source.listeners.size === 0);
      expect([source.listeners.size, feeds.count()]).toEqual([0, 0]);
    }),
    { numRuns: 100 },
  );
});

test('a reader of a state that has missed values hears what was told since the one that it has seen', async () => {
  const [journal, feeds] = [new Growing(), new LiveFeeds()];
  const source = { value: 1, executions: 0, listeners: new Set<() => void>() };
  const asked = operation(journal, 'state', stateEvents(source));
  const [slow, quick] = [await join(feeds, asked), await join(feeds, asked)];
  const shows = ({ wire }: Listening, value: number): Promise<void> => until(() => wire.seen.at(-1)?.value === value);
  await shows(slow, 1);
  slow.wire.isReading = false;
  for (const value of [2, 3, 4]) {
    source.value = value;
    for (const listener of source.listeners) listener();
    await shows(quick, value);
  }
  slow.wire.read();
  await shows(slow, 4);
  expect(slow.wire.seen).toMatchObject([{ value: 1 }, { value: 2, since: 1 }, { value: 4, since: 2 }]);
  for (const { reader } of [slow, quick]) await reader.return();
});
