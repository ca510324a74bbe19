import { Job, sliceBegin, splitAt } from './job';
import { PARTITIONS } from './partition';
import { PARTITION, SEARCH, STOP, perform } from './work';

/** Looks at a word before a thread sleeps, a few tenths of a millisecond: commands follow each other within microseconds, a tree is put away in less, and waking takes longer. */
const LOOKS: i32 = 400_000;

const NUMBER_SHIFT: u64 = 32;
const PARTS_SHIFT: u64 = 8;

/**
 * Has a command done in parts, by whoever is there, and returns when all are done. A part belongs to the thread that claims it first: one
 * that is kept from running by other programs keeps nobody waiting but for the part it is at. Which thread does a part changes no result.
 */
export function lead(job: Job, command: i32): void {
  const parts = command == SEARCH ? job.drawnFeatures : command == PARTITION ? PARTITIONS : job.slices;
  for (let thread = 0; thread < job.threads; thread++) {
    splitAt(job, thread, 0).feature = -1;
    splitAt(job, thread, 1).feature = -1;
  }
  if (job.threads == 1) {
    for (let part = 0; part < parts; part++) perform(job, command, part, 0);
    return;
  }
  // Number, parts and command are one word, so that a thread which comes late never takes those of one call for those of another.
  const number = (atomic.load<u64>(job.call) >> NUMBER_SHIFT) + 1;
  atomic.store<i32>(job.finished, 0);
  atomic.store<u64>(job.call, (number << NUMBER_SHIFT) | (u64(parts) << PARTS_SHIFT) | u64(command));
  atomic.notify(job.call, job.threads - 1);
  if (command == STOP) return;
  takeParts(job, command, i32(number), parts, 0);
  while (waitUntil(job.finished, parts) != parts) {}
}

/** Does all parts that nobody else has claimed, from the place where this thread's usual ones begin. */
function takeParts(job: Job, command: i32, number: i32, parts: i32, thread: i32): void {
  const start = sliceBegin(parts, thread, job.threads);
  let done = 0;
  for (let step = 0; step < parts; step++) {
    const part = start + step < parts ? start + step : start + step - parts;
    const claim = job.claims + (usize(part) << 2);
    const before = atomic.load<i32>(claim);
    if (before >= number || atomic.cmpxchg<i32>(claim, before, number) != before) continue;
    perform(job, command, part, thread);
    done++;
  }
  // Whoever did nothing may be late, and must not touch what is underway by now.
  if (done > 0 && atomic.add<i32>(job.finished, done) + done == parts) atomic.notify(job.finished, 1);
}

/** Looks until the word is `wanted`, and sleeps after a while until somebody says so. */
function waitUntil(word: usize, wanted: i32): i32 {
  let value = atomic.load<i32>(word);
  for (let look = 0; look < LOOKS && value != wanted; look++) value = atomic.load<i32>(word);
  if (value != wanted) atomic.wait<i32>(word, value, -1);
  return atomic.load<i32>(word);
}

/** The next call after the one that was `seen`. */
function nextCall(job: Job, seen: u64): u64 {
  let call = atomic.load<u64>(job.call);
  for (let look = 0; look < LOOKS && call == seen; look++) call = atomic.load<u64>(job.call);
  while (call == seen) {
    atomic.wait<u64>(job.call, seen, -1);
    call = atomic.load<u64>(job.call);
  }
  return call;
}

/** The life of any thread but the first: takes parts of each command until it is told to stop. */
export function help(address: usize, thread: i32): void {
  const job = changetype<Job>(address);
  let call: u64 = 0;
  for (;;) {
    call = nextCall(job, call);
    const command = i32(call & ((1 << PARTS_SHIFT) - 1));
    if (command == STOP) return;
    takeParts(job, command, i32(call >> NUMBER_SHIFT), i32((call >> PARTS_SHIFT) & 0xffffff), thread);
  }
}
