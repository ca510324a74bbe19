import { isCashFound } from '../engine/cash-reconcile.ts';
import type { EngineState } from '../engine/state.ts';
import { toNumber } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import { notional, subtract, ZERO_QUANTITY } from '../money/money.ts';
import { TERMINAL_STATES } from '../orders/order.ts';
import { planDay } from './day.ts';
import { dice as openDice } from './dice.ts';
import type { Dice } from './dice.ts';
import { drawFaults } from './faults.ts';
import type { FaultName } from './faults.ts';
import { isPlain, rebuild } from './oracle.ts';
import type { OracleAccount } from './oracle.ts';
import { perform } from './perform.ts';
import { modelStore } from './store.ts';
import type { OpenStore } from './store.ts';
import { filledThere, truthOf } from './truth.ts';
import { OVER } from './venue-types.ts';
import { Violated } from './watch.ts';
import { limitsFor, openWorld } from './world.ts';
import type { Plan, World } from './world.ts';

export interface RunOptions {
  readonly seed: bigint;
  /** A day of any kind where absent. */
  readonly plan?: (dice: Dice, without: ReadonlySet<string>) => Plan;
  /** Acts, gaps and strikes of faults that are left out. */
  readonly without?: ReadonlySet<string>;
  readonly openStore?: OpenStore;
  /** A repetition is given up at this time: what was to fail has not. */
  readonly stopAt?: number;
}

/** An act, a gap or a strike of a fault, with when it came. */
export interface Happening {
  readonly name: string;
  readonly at: number;
}

export interface RunResult {
  readonly seed: bigint;
  /** The first invariant that did not hold. */
  readonly violated: { readonly invariant: string; readonly message: string } | undefined;
  readonly journalHash: string;
  readonly entries: number;
  readonly steps: number;
  readonly orders: number;
  readonly executions: number;
  readonly starts: number;
  readonly counts: ReadonlyMap<FaultName, number>;
  /** What the store has met, by name. */
  readonly figures: ReadonlyMap<string, number>;
  readonly happened: readonly Happening[];
  readonly endedAt: number;
}

/** A run that goes on until it is over, violated, or given up. */
interface Play {
  readonly world: World;
  readonly stopAt: number;
  readonly happened: Happening[];
  noted: number;
}

const isOver = ({ world, stopAt }: Play): boolean => world.watch.violation() !== undefined || world.scheduler.now() >= stopAt;

/** Simulated time goes on, task by task, until then. */
async function play(run: Play, until: number): Promise<void> {
  const { world, stopAt, happened } = run;
  const { scheduler, outside, faults } = world;
  while (!isOver(run)) {
    const task = scheduler.take(Math.min(until, stopAt));
    if (task === undefined) return;
    task();
    await outside.settled();
    for (const name of faults.struck.slice(run.noted)) happened.push({ name, at: scheduler.now() });
    run.noted = faults.struck.length;
  }
}

async function skip(run: Play, { to, how }: World['day']['gaps'][number]): Promise<void> {
  const { faults, lives, scheduler, outside } = run.world;
  run.happened.push({ name: `gap:${Math.round(to)}`, at: scheduler.now() });
  if (how === 'crash') {
    faults.fired('process-crash', `gap ${Math.round(to)}`);
    lives.crash();
  }
  if (how === 'restart') lives.restart();
  if (how === 'jump') faults.fired('clock-jump', String(Math.round(to)));
  await outside.settled();
  if (how !== 'jump') await play(run, scheduler.now() + DOWN_MS);
  scheduler.jump(to);
}

/** Longer than any process is down. */
const DOWN_MS = 7_000;

async function playDay(run: Play): Promise<void> {
  const { day, scheduler, lives, outside, faults } = run.world;
  const self = { alive: true };
  for (const act of day.acts) {
    scheduler.at(act.at, self, () => {
      run.happened.push({ name: `act:${act.id}`, at: act.at });
      perform(run.world, act);
    });
  }
  lives.start();
  await outside.settled();
  for (const gap of day.gaps) {
    await play(run, gap.from);
    if (!isOver(run)) await skip(run, gap);
  }
  await play(run, day.faultsEndAt);
  faults.stop();
  if (!isOver(run)) await calm(run);
}

function anyDay(dice: Dice, without: ReadonlySet<string>): Plan {
  const faults = drawFaults(dice, without);
  return { faults, day: planDay(dice, faults, { without }), limits: limitsFor(dice) };
}

/** Plays one seed's day from its start to its end: first with faults, then without. */
export async function run({
  seed,
  plan = anyDay,
  without = new Set(),
  openStore = modelStore,
  stopAt = Infinity,
}: RunOptions): Promise<RunResult> {
  const dice = openDice(seed);
  const world = openWorld(dice, plan(dice, without), openStore);
  const { scheduler, watch, lives, venue } = world;
  const played: Play = { world, stopAt, happened: [], noted: 0 };
  await playDay(played);
  const journal = lives.current()?.journal;
  const head = journal?.head() ?? { seq: 0, hash: '' };
  if (!isOver(played) && journal !== undefined) await lastLook(world, head.seq);
  const violation = watch.violation();
  await world.store.close();
  return {
    seed,
    violated: violation === undefined ? undefined : { invariant: violation.invariant, message: violation.message },
    journalHash: head.hash,
    entries: head.seq,
    steps: watch.steps(),
    orders: venue.orders.size,
    executions: venue.executions.length,
    starts: lives.starts(),
    counts: world.faults.counts,
    figures: world.store.figures(),
    happened: played.happened,
    endedAt: scheduler.now(),
  };
}

/** I25, I28: a reader has seen all that there is, and what is kept is sound. */
async function lastLook({ watch, reader, store }: World, seq: number): Promise<void> {
  watch.look(() => {
    if (reader.seen() !== seq) throw new Violated('I25', `a reader has seen ${reader.seen()} of ${seq} entries`);
  });
  await store.verify().catch(watch.fail);
}

/** Faults have stopped: what was promised must come true. A person looks at what is halted, and releases it. */
async function calm(run: Play): Promise<void> {
  const { world } = run;
  const { day, watch } = world;
  await play(run, day.endsAt - 80_000);
  const say = { id: 'last-release', at: 0, kind: 'release' } as const;
  if (!isOver(run)) perform(world, say);
  await play(run, day.endsAt);
  if (isOver(run)) return;
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
    const truth = truthOf(venue, order);
    const theirs = filledThere(truth);
    if (TERMINAL_STATES.has(order.state)) {
      if (toNumber(order.filledQuantity) !== theirs)
        throw new Violated('I23', `${order.id} has filled ${toNumber(order.filledQuantity)} here, and ${theirs} at the venue`);
      continue;
    }
    if (order.state === 'approved' || order.state === 'unknown') throw new Violated('liveness', `${order.id} is still ${order.state}`);
    if (truth === undefined || toNumber(order.filledQuantity) !== theirs)
      throw new Violated(
        'I23',
        `${order.id} is ${order.state} with ${toNumber(order.filledQuantity)} here, and ${truth?.status ?? 'unknown'} with ${theirs} at the venue`,
      );
  }
  noOrphans(world, state);
  for (const order of venue.openOrders()) {
    const own = state.orders.get(order.clientId) ?? [...state.orders.values()].find(({ brokerOrderId }) => brokerOrderId === order.id);
    if (own === undefined || TERMINAL_STATES.has(own.state))
      throw new Violated('I8', `${order.clientId} rests at the venue, and is ${own?.state ?? 'unknown'} here`);
  }
  compareWithOracle(world, state);
}

/** Nothing counts as open here that has ended there: exits end with their family, and the stream may not say so. */
function noOrphans({ venue }: World, state: EngineState): void {
  for (const order of state.orders.values()) {
    if (TERMINAL_STATES.has(order.state)) continue;
    const truth = truthOf(venue, order);
    if (truth !== undefined && OVER.has(truth.status))
      throw new Violated('orphan', `${order.id} is ${order.state} here, and ${truth.status} at the venue`);
  }
}

const CENT = 10_000_000n;

/** A difference of cash that is told, to the cent, and keeps entries out until it halts: what the broker changed in the last minutes, and told nowhere. */
const isToldOf = (state: EngineState, account: OracleAccount): boolean =>
  isCashFound(state) && Math.abs(Number((state.cash + state.cashDifference) / CENT) - account.cashCents) <= 1;

/** The broker's log alone, the broker's own books, and ours: all three must agree. */
function compareWithOracle({ venue, closedProfits }: World, state: EngineState): void {
  const account = rebuild(venue.log, venue.startedWith);
  const symbols = new Set([...venue.positions.keys(), ...state.positions.keys(), ...account.holdings.keys()]);
  for (const symbol of symbols) {
    const told = account.holdings.get(symbol)?.shares ?? 0;
    const theirs = venue.positions.get(symbol)?.shares ?? 0;
    const ours = toNumber(state.positions.get(symbol)?.quantity ?? ZERO_QUANTITY);
    if (told !== theirs) throw new Violated('oracle', `the broker's log makes ${told} of ${symbol}, its books say ${theirs}`);
    if (theirs !== ours) throw new Violated('I23', `the broker holds ${theirs} of ${symbol}, we ${ours}`);
  }
  if (account.cashCents !== venue.cashCents)
    throw new Violated('oracle', `the broker's log makes ${account.cashCents} cents, its books say ${venue.cashCents}`);
  const cents = Number(state.cash / CENT);
  if (Math.abs(cents - account.cashCents) > 1 && !isToldOf(state, account))
    throw new Violated('I23', `cash is ${cents} cents here, and ${account.cashCents} at the broker`);
  if (isPlain(venue.log)) compareProfits(account, state, closedProfits);
}

/** What was paid for what is held, less what was earned: the same whatever the order in which executions were heard of. */
function compareProfits(account: OracleAccount, state: EngineState, closedProfits: ReadonlyMap<string, bigint>): void {
  for (const [symbol, { shares, averageCents, realizedCents }] of account.holdings) {
    const own = state.positions.get(symbol);
    if (own === undefined || shares === 0) continue;
    const theirs = shares * averageCents - realizedCents;
    const earned = own.realizedPnl + (closedProfits.get(symbol) ?? 0n);
    const ours = 100 * toNumber(subtract(notional(own.quantity, own.averagePrice), earned as Money));
    if (Math.abs(theirs - ours) > 1)
      throw new Violated('I13', `${symbol}: cost less profit is ${ours} cents here, and ${theirs} by the broker's log`);
  }
}
