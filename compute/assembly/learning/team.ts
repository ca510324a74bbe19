import { Job } from './job';
import { DIFFERENTIATE, MAXIMA, PAIRS, SCORES, SEARCH, STOP, perform } from './work';

export { DIFFERENTIATE, MAXIMA, PAIRS, SCORES, SEARCH, STOP };

/** Looks at a word before a thread sleeps: commands follow each other within microseconds, and waking takes longer. */
const LOOKS: i32 = 50_000;

@inline
function epochOf(job: Job): usize {
  return changetype<usize>(job) + offsetof<Job>('epoch');
}

@inline
function doneOf(job: Job): usize {
  return changetype<usize>(job) + offsetof<Job>('done');
}

/** Has all threads do their shares of a command, this one's own included, and returns when all are done. */
export function lead(job: Job, command: i32): void {
  const others = job.threads - 1;
  if (others > 0) {
    job.command = command;
    atomic.store<i32>(doneOf(job), 0);
    atomic.add<i32>(epochOf(job), 1);
    atomic.notify(epochOf(job), others);
  }
  perform(job, command, 0);
  if (others > 0) awaitOthers(job, others);
}

function awaitOthers(job: Job, others: i32): void {
  for (;;) {
    const done = waitFor(doneOf(job), others);
    if (done == others) return;
  }
}

/** Looks until the word is `wanted`, and sleeps after a while until it changes. */
function waitFor(word: usize, wanted: i32): i32 {
  let value = atomic.load<i32>(word);
  for (let look = 0; look < LOOKS && value != wanted; look++) value = atomic.load<i32>(word);
  if (value != wanted) {
    atomic.wait<i32>(word, value, -1);
    value = atomic.load<i32>(word);
  }
  return value;
}

/** The life of any thread but the first: does its share of each command until it is told to stop. */
export function help(address: usize, thread: i32): void {
  const job = changetype<Job>(address);
  const others = job.threads - 1;
  for (let epoch = 1; ; epoch++) {
    while (waitFor(epochOf(job), epoch) != epoch) {}
    const command = job.command;
    if (command != STOP) perform(job, command, thread);
    if (atomic.add<i32>(doneOf(job), 1) + 1 == others) atomic.notify(doneOf(job), 1);
    if (command == STOP) return;
  }
}
