/** Whose a task is: tasks of a process that has crashed never run. */
export interface Owner {
  alive: boolean;
}

interface Task {
  readonly at: number;
  readonly number: number;
  readonly owner: Owner;
  readonly run: () => void;
}

/** The world's one queue of events, by simulated time. */
export interface Scheduler {
  /** Simulated milliseconds since 1970; with a fraction, so that two tasks hardly ever meet. */
  readonly now: () => number;
  readonly at: (time: number, owner: Owner, run: () => void) => void;
  readonly after: (milliseconds: number, owner: Owner, run: () => void) => void;
  /** Resolves after a while, unless the owner dies first: then never. */
  readonly wait: (milliseconds: number, owner: Owner) => Promise<void>;
  /** Takes the next task, and moves time to it; `undefined` where none is due by then. */
  readonly take: (until: number) => (() => void) | undefined;
  /** Time moves on by itself: everything that was due meanwhile is late. */
  readonly jump: (to: number) => void;
}

const before = (left: Task, right: Task): boolean => left.at < right.at || (left.at === right.at && left.number < right.number);

/** A binary heap: the earliest task is first. */
function push(heap: Task[], task: Task): void {
  let index = heap.length;
  heap.push(task);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !before(task, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = task;
}

function pop(heap: Task[]): Task | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    const left = heap[child];
    if (left === undefined) break;
    const right = heap[child + 1];
    let least = left;
    if (right !== undefined && before(right, left)) {
      least = right;
      child += 1;
    }
    if (!before(least, last)) break;
    heap[index] = least;
    index = child;
  }
  heap[index] = last;
  return first;
}

export function openScheduler(startMs: number): Scheduler {
  const heap: Task[] = [];
  let now = startMs;
  let number = 0;
  const at = (time: number, owner: Owner, run: () => void): void => {
    number += 1;
    push(heap, { at: Math.max(time, now), number, owner, run });
  };
  return {
    now: () => now,
    at,
    after: (milliseconds, owner, run) => at(now + milliseconds, owner, run),
    wait: (milliseconds, owner) =>
      new Promise((resolve) => {
        at(now + milliseconds, owner, resolve);
      }),
    take: (until) => {
      for (;;) {
        const next = heap[0];
        if (next === undefined || next.at > until) {
          now = Math.max(now, until);
          return undefined;
        }
        pop(heap);
        if (!next.owner.alive) continue;
        now = Math.max(now, next.at);
        return next.run;
      }
    },
    jump: (to) => {
      now = Math.max(now, to);
    },
  };
}
