import { alertOf } from './alert-fact.ts';
import { orderOf } from './order-fact.ts';
import { recommendationOf } from './recommendation-fact.ts';
import { positionsOf } from '../../positions/graphql.ts';
import { overviewOf } from '../../engine/graphql.ts';
import type { EngineState, StrategySlot } from '../../engine/state.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import { strategiesOf } from '../../strategies/graphql.ts';
import type { Builder } from '../builder.ts';
import { badInput } from '../connections.ts';
import type { Context } from '../context.ts';
import { typeOfMember } from '../errors.ts';
import type { Objects } from '../objects.ts';
import { closable } from './closable.ts';
import { BEHIND_MAX, facts } from './facts.ts';
import type { Resync } from './facts.ts';
import { noteRead } from './live-run.ts';
import { rest, states } from './states.ts';

/** States tick at most this often for one reader: four times a second is as fast as people read. */
const STATE_REST_MS = 250;
const HEALTH_REST_MS = 2_000;

type After = string | null | undefined;

const cursorNow = ({ journal }: Context): string => String(journal.head().seq);

const stateSource = ({ session }: Context) => ({
  read: () => session.state(),
  onChange: (listener: () => void) => session.onChange(listener),
});

/** A state has no history to resume: a cursor only says whether the reader belongs to this journal. */
async function beyondHead(after: After, { journal }: Context): Promise<Resync | undefined> {
  if (after === null || after === undefined || Number(after) <= journal.head().seq) return undefined;
  await journal.catchUp();
  const { seq } = journal.head();
  if (Number(after) <= seq) return undefined;
  return {
    __typename: 'Resync',
    reason: `The cursor ${after} is beyond the journal's last entry, ${seq}. Subscribe without a cursor.`,
    cursor: String(seq),
  };
}

/** The newest state whenever `changed` says so; a `Resync` and the end where the cursor is not of this journal. */
function stateEvents<T>(
  context: Context,
  after: After,
  changed: (before: EngineState, now: EngineState) => boolean,
  show: (now: EngineState, before: EngineState | undefined) => Promise<T> | T,
): AsyncIterableIterator<T | Resync> {
  return closable(async function* (signal) {
    const foreign = await beyondHead(after, context);
    if (foreign !== undefined) yield foreign;
    else yield* states(stateSource(context), { changed, restMs: STATE_REST_MS, run: context.live }, show, signal);
  });
}

type EquityEvent = Objects['EquityUpdate'] | Resync;
type PositionsEvent = Objects['PositionsUpdate'] | Resync;
type OrdersEvent = Objects['OrderUpdate'] | Resync;
type AlertsEvent = Objects['AlertUpdate'] | Resync;
type RecommendationsEvent = Objects['RecommendationUpdate'] | Resync;
type JournalEvent = Objects['JournalUpdate'] | Resync;

function equityEvents(after: After, context: Context): AsyncIterableIterator<EquityEvent> {
  let shownSeq = context.live?.shownSeq ?? Number.POSITIVE_INFINITY;
  return stateEvents(
    context,
    after,
    (before, now) => before !== now,
    (): EquityEvent => {
      // A bar and a tick may carry the same instant: only the journal's order tells whether the reader has seen a point.
      const point = context.equity.newestAfter(shownSeq);
      const overview = overviewOf(context);
      shownSeq = overview.seq;
      if (context.live !== undefined) context.live.shownSeq = shownSeq;
      return { __typename: 'EquityUpdate', cursor: String(overview.seq), overview, point };
    },
  );
}

/** Exits and what is available follow from orders and from what is watched here. */
const positionsChanged = (before: EngineState, now: EngineState): boolean =>
  before.positions !== now.positions ||
  before.marks !== now.marks ||
  before.orders !== now.orders ||
  before.protections !== now.protections;

const positionsEvents = (after: After, context: Context): AsyncIterableIterator<PositionsEvent> =>
  stateEvents(context, after, positionsChanged, (now): PositionsEvent => ({
    __typename: 'PositionsUpdate',
    cursor: cursorNow(context),
    positions: positionsOf(now),
  }));

function factEvents<T extends { readonly cursor: string }>(
  context: Context,
  after: After,
  behindMax: number,
  pick: (entries: readonly JournalEntry[]) => Promise<readonly T[]> | readonly T[],
): AsyncIterableIterator<T | Resync> {
  const { journal, live: run } = context;
  return closable(async function* (signal) {
    for await (const event of facts(journal, { after: after ?? undefined, behindMax, run }, pick, signal)) {
      if (run !== undefined) run.eventSeq = Number(event.cursor);
      yield event;
    }
  });
}

const ordersEvents = (after: After, context: Context): AsyncIterableIterator<OrdersEvent> =>
  factEvents(context, after, BEHIND_MAX, (entries) =>
    entries.flatMap((entry): OrdersEvent[] => {
      const order = orderOf(entry);
      return order === undefined ? [] : [{ __typename: 'OrderUpdate', cursor: String(entry.seq), order }];
    }),
  );

const alertsEvents = (after: After, context: Context): AsyncIterableIterator<AlertsEvent> =>
  factEvents(context, after, BEHIND_MAX, async (entries) => {
    const updates: AlertsEvent[] = [];
    for (const entry of entries) {
      const alert = await alertOf(entry, context.alerts);
      if (alert !== undefined) updates.push({ __typename: 'AlertUpdate', cursor: String(entry.seq), alert });
    }
    return updates;
  });

const recommendationsEvents = (after: After, context: Context): AsyncIterableIterator<RecommendationsEvent> =>
  factEvents(context, after, BEHIND_MAX, (entries) =>
    entries.flatMap((entry): RecommendationsEvent[] => {
      const recommendation = recommendationOf(entry);
      return recommendation === undefined ? [] : [{ __typename: 'RecommendationUpdate', cursor: String(entry.seq), recommendation }];
    }),
  );

/** The journal itself can be read from its start: no cursor is too old. */
const journalEvents = (after: string, context: Context): AsyncIterableIterator<JournalEvent> =>
  factEvents(context, after, Number.POSITIVE_INFINITY, (entries): JournalEvent[] => {
    const last = entries.at(-1);
    return last === undefined ? [] : [{ __typename: 'JournalUpdate', cursor: String(last.seq), entries }];
  });

const healthEvents = (context: Context): AsyncIterableIterator<Objects['HealthUpdate']> =>
  closable(async function* (signal) {
    while (!signal.aborted) {
      noteRead(context.live);
      yield { cursor: cursorNow(context), health: await context.health.read() };
      await rest(HEALTH_REST_MS, signal);
    }
  });

/** What is worked out, at each change until it has ended. */
function endingEvents<T extends { readonly state: string }>(
  context: Context,
  id: string,
  of: { onChange(id: string, listener: () => void): () => void; byId(id: string): Promise<T | undefined> },
  what: string,
): AsyncIterableIterator<T> {
  return closable(async function* (signal) {
    let version = 0;
    const source = {
      read: () => version,
      onChange: (listener: () => void) =>
        of.onChange(id, () => {
          version += 1;
          listener();
        }),
    };
    const options = { changed: (before: number, now: number) => before !== now, restMs: STATE_REST_MS, run: context.live };
    const updates = states(source, options, () => of.byId(id), signal);
    for await (const found of updates) {
      if (found === undefined) throw badInput(`There is no ${what} with this id.`);
      yield found;
      if (found.state === 'done' || found.state === 'failed' || found.state === 'aborted') return;
    }
  });
}

const strategyEvents = (context: Context): AsyncIterableIterator<readonly StrategySlot[]> =>
  closable((signal) =>
    states(
      stateSource(context),
      {
        changed: (before, now) => before.strategies !== now.strategies || before.marks !== now.marks,
        restMs: STATE_REST_MS,
        run: context.live,
      },
      (now) => strategiesOf(now),
      signal,
    ),
  );

const controlsChanged = (before: EngineState, now: EngineState): boolean =>
  before.tradingState !== now.tradingState ||
  before.tradingStateBecause !== now.tradingStateBecause ||
  before.orders !== now.orders ||
  before.positions !== now.positions ||
  before.marketOpen !== now.marketOpen ||
  before.limits !== now.limits ||
  before.restrictions !== now.restrictions ||
  before.brakes !== now.brakes ||
  before.proposals !== now.proposals ||
  before.recommendations !== now.recommendations;

const controlsEvents = (context: Context): AsyncIterableIterator<Objects['Controls']> =>
  closable((signal) =>
    states(stateSource(context), { changed: controlsChanged, restMs: STATE_REST_MS, run: context.live }, (state) => ({ state }), signal),
  );

function addUpdateTypes(builder: Builder): void {
  builder.objectType('Resync', {
    description: 'Your cursor is too old, or you fell behind: read the queries again, then subscribe without a cursor.',
    fields: (t) => ({ reason: t.exposeString('reason'), cursor: t.expose('cursor', { type: 'Cursor' }) }),
  });
  builder.objectType('EquityUpdate', {
    fields: (t) => ({
      cursor: t.expose('cursor', { type: 'Cursor' }),
      overview: t.expose('overview', { type: 'Overview' }),
      point: t.expose('point', { type: 'EquityPoint', nullable: true, description: 'Set where a bar closed: append it to the curve.' }),
    }),
  });
  builder.objectType('PositionsUpdate', {
    fields: (t) => ({
      cursor: t.expose('cursor', { type: 'Cursor' }),
      positions: t.field({ type: ['Position'], resolve: ({ positions }) => [...positions] }),
    }),
  });
  builder.objectType('OrderUpdate', {
    fields: (t) => ({ cursor: t.expose('cursor', { type: 'Cursor' }), order: t.expose('order', { type: 'Order' }) }),
  });
  builder.objectType('AlertUpdate', {
    fields: (t) => ({ cursor: t.expose('cursor', { type: 'Cursor' }), alert: t.expose('alert', { type: 'Alert' }) }),
  });
  builder.objectType('RecommendationUpdate', {
    fields: (t) => ({
      cursor: t.expose('cursor', { type: 'Cursor' }),
      recommendation: t.expose('recommendation', { type: 'Recommendation' }),
    }),
  });
  builder.objectType('HealthUpdate', {
    fields: (t) => ({ cursor: t.expose('cursor', { type: 'Cursor' }), health: t.expose('health', { type: 'Health' }) }),
  });
  builder.objectType('JournalUpdate', {
    fields: (t) => ({
      cursor: t.expose('cursor', { type: 'Cursor' }),
      entries: t.field({ type: ['JournalEntry'], resolve: ({ entries }) => [...entries] }),
    }),
  });
}

function addFactSubscriptions(builder: Builder): void {
  const ordersEvent = builder.unionType('OrdersEvent', { types: ['OrderUpdate', 'Resync'], resolveType: typeOfMember });
  const alertsEvent = builder.unionType('AlertsEvent', { types: ['AlertUpdate', 'Resync'], resolveType: typeOfMember });
  const recommendationsEvent = builder.unionType('RecommendationsEvent', {
    types: ['RecommendationUpdate', 'Resync'],
    resolveType: typeOfMember,
  });
  const journalEvent = builder.unionType('JournalEvent', { types: ['JournalUpdate', 'Resync'], resolveType: typeOfMember });
  builder.subscriptionFields((t) => ({
    orders: t.field({
      type: ordersEvent,
      description: 'Fact: each change of each order once and in order, after the cursor; from now on without one.',
      args: { after: t.arg({ type: 'Cursor' }) },
      subscribe: (_root, { after }, context) => ordersEvents(after, context),
      resolve: (event) => event,
    }),
    alerts: t.field({
      type: alertsEvent,
      description: 'Fact: each alert raised or acknowledged.',
      args: { after: t.arg({ type: 'Cursor' }) },
      subscribe: (_root, { after }, context) => alertsEvents(after, context),
      resolve: (event) => event,
    }),
    recommendations: t.field({
      type: recommendationsEvent,
      description: 'Fact: each recommendation when it is made and when it ends.',
      args: { after: t.arg({ type: 'Cursor' }) },
      subscribe: (_root, { after }, context) => recommendationsEvents(after, context),
      resolve: (event) => event,
    }),
    journal: t.field({
      type: journalEvent,
      description: 'Fact: every entry after the cursor (a sequence number as text; "0" from the start).',
      args: { after: t.arg({ type: 'Cursor', required: true }) },
      subscribe: (_root, { after }, context) => journalEvents(after, context),
      resolve: (event) => event,
    }),
  }));
}

function addStateSubscriptions(builder: Builder): void {
  const equityEvent = builder.unionType('EquityEvent', { types: ['EquityUpdate', 'Resync'], resolveType: typeOfMember });
  const positionsEvent = builder.unionType('PositionsEvent', { types: ['PositionsUpdate', 'Resync'], resolveType: typeOfMember });
  builder.subscriptionFields((t) => ({
    equity: t.field({
      type: equityEvent,
      description: 'State: newest only; the first message is a snapshot.',
      args: { after: t.arg({ type: 'Cursor' }) },
      subscribe: (_root, { after }, context) => equityEvents(after, context),
      resolve: (event) => event,
    }),
    positions: t.field({
      type: positionsEvent,
      description: 'State: the whole list at each change, conflated.',
      args: { after: t.arg({ type: 'Cursor' }) },
      subscribe: (_root, { after }, context) => positionsEvents(after, context),
      resolve: (event) => event,
    }),
    runProgress: t.field({
      type: 'Run',
      description: 'State: ends with the run.',
      args: { id: t.arg.id({ required: true }) },
      subscribe: (_root, { id }, context) => endingEvents(context, id, context.runs, 'run'),
      resolve: (run) => run,
    }),
    walkForwardProgress: t.field({
      type: 'WalkForward',
      description: 'State: ends with the walk-forward.',
      args: { id: t.arg.id({ required: true }) },
      subscribe: (_root, { id }, context) => endingEvents(context, id, context.walkForwards, 'walk-forward'),
      resolve: (walk) => walk,
    }),
    sweepProgress: t.field({
      type: 'Sweep',
      description: 'State: ends with the sweep.',
      args: { id: t.arg.id({ required: true }) },
      subscribe: (_root, { id }, context) => endingEvents(context, id, context.sweeps, 'sweep'),
      resolve: (sweep) => sweep,
    }),
    trainingProgress: t.field({
      type: 'Training',
      description: 'State: ends with the training.',
      args: { id: t.arg.id({ required: true }) },
      subscribe: (_root, { id }, context) => endingEvents(context, id, context.trainings, 'training'),
      resolve: (training) => training,
    }),
    health: t.field({
      type: 'HealthUpdate',
      description: 'State.',
      subscribe: (_root, _args, context) => healthEvents(context),
      resolve: (update) => update,
    }),
    strategies: t.field({
      type: ['Strategy'],
      description: 'State: strategies at each change, conflated.',
      subscribe: (_root, _args, context) => strategyEvents(context),
      resolve: (slots) => [...slots],
    }),
    controls: t.field({
      type: 'Controls',
      description: 'State.',
      subscribe: (_root, _args, context) => controlsEvents(context),
      resolve: (controls) => controls,
    }),
  }));
}

/** Everything that is live. Facts are lossless, states are conflated. */
export function addSubscriptions(builder: Builder): void {
  addUpdateTypes(builder);
  addFactSubscriptions(builder);
  addStateSubscriptions(builder);
}
