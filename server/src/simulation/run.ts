import { toNumber } from '../money/fixed.ts';
import { TERMINAL_STATES } from '../orders/order.ts';
import { planDay } from './day.ts';
import { dice as openDice } from './dice.ts';
import { drawFaults } from './faults.ts';
import type { FaultName } from './faults.ts';
import { perform } from './perform.ts';
import { modelStore } from './store.ts';
import type { SimulatedStore, StoreOptions } from './store.ts';
import { Violated } from './watch.ts';
import { openWorld } from './world.ts';
import type { World } from './world.ts';

export interface RunOptions {
  readonly seed: bigint;
  /** Acts and strikes that are left out. */
  readonly without?: ReadonlySet<string>;
  readonly openStore?: (options: StoreOptions) => SimulatedStore;
}

export interface RunResult {
  readonly seed: bigint;
  /** The first invariant that did not hold. */
  readonly violated: { readonly invariant: string; readonly message: string } | undefined;
  readonly journalHash: string;
  readonly entries: number;
  readonly steps: number;
  readonly orders: number;
  readonly starts: number;
  readonly executions: number;
  readonly counts: ReadonlyMap<FaultName, number>;
  /** Acts and strikes, by name, with when they happened. */
  readonly happened: readonly { readonly name: string; readonly at: number }[];
}

/** Simulated time goes on, task by task, until then; stops early where an invariant does not hold. */
async function play(world: World, until: number): Promise<void> {
  for (;;) {
    const task = world.scheduler.take(until);
    if (task === undefined) return;
    task();
    await world.outside.settled();
    if (world.watch.violation() !== undefined) return;
  }
}

async function skip(world: World, { to, how }: World['day']['gaps'][number]): Promise<void> {
  if (how === 'crash') {
    world.faults.fired('process-crash', `gap ${Math.round(to)}`);
    world.lives.crash();
  }
  if (how === 'restart') world.lives.restart();
  if (how === 'jump') world.faults.fired('clock-jump', String(Math.round(to)));
  await world.outside.settled();
  if (how !== 'jump') await play(world, world.scheduler.now() + 7_000);
  world.scheduler.jump(to);
}

/** Plays one seed's day from its start to its end: first with faults, then without. */
export async function run({ seed, without = new Set(), openStore = modelStore }: RunOptions): Promise<RunResult> {
  const dice = openDice(seed);
  const faults = drawFaults(dice, without);
  const day = planDay(dice, faults, without);
  const world = openWorld(dice, faults, day, openStore);
  const { scheduler, watch } = world;
  const self = { alive: true };
  const happened: { name: string; at: number }[] = [];
  for (const act of day.acts) {
    scheduler.at(act.at, self, () => {
      happened.push({ name: `act:${act.id}`, at: act.at });
      perform(world, act);
    });
  }
  world.lives.start();
  await world.outside.settled();
  for (const gap of day.gaps) {
    await play(world, gap.from);
    if (watch.violation() === undefined) await skip(world, gap);
  }
  await play(world, day.faultsEndAt);
  faults.stop();
  if (watch.violation() === undefined) await calm(world);
  const journal = world.lives.current()?.journal;
  const head = journal?.head() ?? { seq: 0, hash: '' };
  if (watch.violation() === undefined && journal !== undefined) {
    const problem = await journal.verify();
    watch.look(() => {
      if (problem !== undefined) throw new Violated('I28', `the chain breaks at ${problem.seq}: ${problem.problem}`);
    });
  }
  const violation = watch.violation();
  await world.store.close();
  return {
    seed,
    violated: violation === undefined ? undefined : { invariant: violation.invariant, message: violation.message },
    journalHash: head.hash,
    entries: head.seq,
    steps: watch.steps(),
    orders: world.venue.orders.size,
    starts: world.lives.starts(),
    executions: world.venue.executions.length,
    counts: faults.counts,
    happened,
  };
}

/** Faults have stopped: what was promised must come true. A person looks at what is halted, and releases it. */
async function calm(world: World): Promise<void> {
  const { day, watch } = world;
  await play(world, day.endsAt - 80_000);
  const say = { id: 'last-release', at: 0, kind: 'release' } as const;
  if (watch.violation() === undefined) perform(world, say);
  await play(world, day.endsAt);
  if (watch.violation() !== undefined) return;
  watch.look(() => settledBooks(world));
}

/** I23 and liveness: every order has ended or rests at the venue, and the books are the broker's. */
function settledBooks(world: World): void {
  const { venue } = world;
  const session = world.lives.current()?.session;
  if (session === undefined) throw new Violated('liveness', 'no process lives, though faults have stopped');
  const state = session.state();
  if (session.halted() !== undefined) throw new Violated('liveness', `the engine has stopped: ${session.halted() ?? ''}`);
  if (!state.brokerConnected || !state.reconciled)
    throw new Violated(
      'liveness',
      `${state.brokerConnected ? 'not reconciled' : 'not connected'}, ${state.tradingState}: ${state.tradingStateBecause}`,
    );
  for (const order of state.orders.values()) {
    const truth = venue.byClientId.get(order.id);
    if (TERMINAL_STATES.has(order.state)) {
      if (toNumber(order.filledQuantity) !== (truth?.filled ?? 0))
        throw new Violated('I23', `${order.id} has filled ${toNumber(order.filledQuantity)} here, and ${truth?.filled ?? 0} at the venue`);
      continue;
    }
    if (order.state === 'approved' || order.state === 'unknown') throw new Violated('liveness', `${order.id} is still ${order.state}`);
    if (truth === undefined || toNumber(order.filledQuantity) !== truth.filled)
      throw new Violated(
        'I23',
        `${order.id} is ${order.state} with ${toNumber(order.filledQuantity)} here, and ${truth?.status ?? 'unknown'} with ${truth?.filled ?? 0} at the venue`,
      );
  }
  for (const order of venue.openOrders()) {
    const own = state.orders.get(order.clientId);
    if (own === undefined || TERMINAL_STATES.has(own.state))
      throw new Violated('I8', `${order.clientId} rests at the venue, and is ${own?.state ?? 'unknown'} here`);
  }
  for (const symbol of new Set([...venue.positions.keys(), ...state.positions.keys()])) {
    const theirs = venue.positions.get(symbol)?.shares ?? 0;
    const ours = toNumber(state.positions.get(symbol)?.quantity ?? (0n as never));
    if (theirs !== ours) throw new Violated('I23', `the broker holds ${theirs} of ${symbol}, we ${ours}`);
  }
  const cents = Number(state.cash / 10_000_000n);
  if (Math.abs(cents - venue.cashCents) > 1) throw new Violated('I23', `cash is ${cents} cents here, and ${venue.cashCents} at the broker`);
}
