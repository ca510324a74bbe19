import type { Builder } from '../graphql/builder.ts';
import type { RoundTrip } from './report/round-trips.ts';
import type { RunCone, RunConePoint } from './run-cone.ts';
import type { RunRoundTrips } from './run-round-trips.ts';

export type { RoundTrip, RunCone, RunConePoint, RunRoundTrips };

/** What the API reads of a run's trades and of its luck. Both reject where a result cannot be read. */
export interface RunStudies {
  /** Reads the bars of the run. */
  roundTrips(id: string): Promise<RunRoundTrips>;
  cone(id: string): Promise<RunCone>;
}

const NOT_DONE = 'the run is not done';

function addRoundTrips(builder: Builder): void {
  builder.objectType('RoundTrip', {
    description: 'A trade of a run with what follows from it, as its report has it.',
    fields: (t) => ({
      trade: t.expose('trade', { type: 'RunTrade' }),
      netPnl: t.exposeFloat('netPnl', { description: 'Gain after commission, in dollars; of an open trade, at its last mark.' }),
      return: t.float({
        nullable: true,
        description: 'Net gain over the cost of the entry, as a fraction; null where the entry cost nothing.',
        resolve: ({ return: gain }) => (Number.isFinite(gain) ? gain : null),
      }),
      barsHeld: t.exposeInt('barsHeld', { nullable: true, description: 'null while it is open.' }),
      adverse: t.exposeFloat('adverse', {
        nullable: true,
        description:
          'Maximum adverse excursion: the worst price while held against the entry, as a fraction, 0 or below. null without bars.',
      }),
      favourable: t.exposeFloat('favourable', {
        nullable: true,
        description:
          'Maximum favourable excursion: the best price while held against the entry, as a fraction, 0 or above. null without bars.',
      }),
    }),
  });
  builder.objectType('RunRoundTrips', {
    description: 'The trades of a run, with the worst and the best price while each was held.',
    fields: (t) => ({
      note: t.exposeString('note', {
        nullable: true,
        description: 'Why there is no worst and best price, or what is to be minded of them; null where all is well.',
      }),
      trips: t.field({ type: ['RoundTrip'], description: 'In the order of the trades.', resolve: ({ trips }) => [...trips] }),
    }),
  });
}

function addCone(builder: Builder): void {
  builder.objectType('RunConePoint', {
    description: 'Where a run stands at a bar, among accounts that draw its returns anew.',
    fields: (t) => ({
      time: t.exposeString('time'),
      equity: t.exposeFloat('equity', { description: 'Of the run itself, in dollars.' }),
      levels: t.field({
        type: ['Float'],
        description: 'What each of the shares of the accounts stays below, in dollars, in their order.',
        resolve: ({ levels }) => [...levels],
      }),
    }),
  });
  builder.objectType('RunCone', {
    description:
      'Accounts that draw the run’s own returns anew, in blocks, by the stationary bootstrap: how far luck may carry returns like these, not whether there will be any. The same as in its report.',
    fields: (t) => ({
      reason: t.exposeString('reason', { nullable: true, description: 'Why there is none; null where there is one.' }),
      accounts: t.exposeInt('paths', { description: 'How many.' }),
      blockLength: t.exposeInt('blockLength', { nullable: true, description: 'Bars that are drawn together, on average.' }),
      seed: t.exposeFloat('seed', { nullable: true, description: 'The run’s own: the same run has the same cone.' }),
      lossShare: t.exposeFloat('lossShare', { nullable: true, description: 'Part of the accounts that end below what they began with.' }),
      shares: t.field({ type: ['Float'], description: 'From 0 to 1, rising.', resolve: ({ shares }) => [...shares] }),
      points: t.field({
        type: ['RunConePoint'],
        description: 'At most a hundred bars, the last among them.',
        resolve: ({ points }) => [...points],
      }),
    }),
  });
}

const NO_CONE: RunCone = {
  reason: NOT_DONE,
  paths: 0,
  blockLength: undefined,
  seed: undefined,
  lossShare: undefined,
  shares: [],
  points: [],
};

/** What is worked out of a run only where somebody asks for it. */
export function addRunStudies(builder: Builder): void {
  addRoundTrips(builder);
  addCone(builder);
  builder.objectFields('Run', (t) => ({
    roundTrips: t.field({
      type: 'RunRoundTrips',
      description: 'Its trades with the worst and the best price while each was held, read from its bars.',
      resolve: async ({ id, state }, _args, { runResults }) =>
        state === 'done' ? await runResults.roundTrips(id) : { note: NOT_DONE, trips: [] },
    }),
    cone: t.field({
      type: 'RunCone',
      description: 'How far luck may carry returns like its own. Worked out when it is first asked for, which takes a second or so.',
      resolve: async ({ id, state }, _args, { runResults }) => (state === 'done' ? await runResults.cone(id) : NO_CONE),
    }),
  }));
}
