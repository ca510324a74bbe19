import { symbolDayPnl } from '../engine/position-day.ts';
import type { DayPnl } from '../engine/position-day.ts';
import { availableOf, exitsOf, moneyAtRisk } from '../engine/position-exits.ts';
import type { MoneyAtRisk, PositionExits } from '../engine/position-exits.ts';
import type { EngineState } from '../engine/state.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { momentBehind } from '../graphql/moment.ts';
import type { Position } from './position.ts';

const stateOf = (position: Position, context: Context) => momentBehind(position, context).state;

async function dayPnlOf(position: Position, context: Context): Promise<DayPnl> {
  const state = stateOf(position, context);
  return symbolDayPnl(position.symbol, state, await context.marketData.closeBeforeSession(position.symbol, state.sessionDate));
}

interface Figures {
  readonly exits: PositionExits;
  readonly risk: MoneyAtRisk;
}

const figures = new WeakMap<EngineState, Map<Position, Figures>>();

/** Worked out once for each state of the engine, whoever asks for which of them. */
function figuresOf(position: Position, context: Context): Figures {
  const state = stateOf(position, context);
  const known = figures.get(state) ?? new Map<Position, Figures>();
  figures.set(state, known);
  let all = known.get(position);
  if (all === undefined) {
    const exits = exitsOf(position, state);
    known.set(position, (all = { exits, risk: moneyAtRisk(position, exits, state) }));
  }
  return all;
}

function addExitType(builder: Builder): void {
  builder.objectType('PositionExit', {
    description: 'What would close some of a position at a price: a working order, or a price that is watched here.',
    fields: (t) => ({
      price: t.expose('price', {
        type: 'Decimal',
        nullable: true,
        description: 'Where it is touched. Null of a stop that the broker moves: only the broker knows.',
      }),
      quantity: t.expose('quantity', { type: 'Decimal', description: 'Units that it would close, without a sign.' }),
      orderId: t.exposeID('orderId', {
        nullable: true,
        description: 'The working order. Null of what the broker does not hold: it is watched here, and sent when a price touches it.',
      }),
      trails: t.exposeBoolean('trails', { description: 'It follows the best price.' }),
    }),
  });
}

/** What a position's orders, and the day, make of it. */
export function addPositionFigures(builder: Builder): void {
  addExitType(builder);
  builder.objectFields('Position', (t) => ({
    available: t.field({
      type: 'Decimal',
      description:
        'Units that a new order may still close, without a sign: open orders that close it hold back theirs, as the risk gate counts.',
      resolve: (position, _args, context) => availableOf(position, stateOf(position, context)),
    }),
    dayPnl: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        "Since the previous session's close, after fees: value at the mark, less the value at that close of what was held then, plus the cash of fills since. The session is the exchange's.",
      resolve: async (position, _args, context) => {
        const day = await dayPnlOf(position, context);
        return 'pnl' in day ? day.pnl : undefined;
      },
    }),
    dayPnlUnknownBecause: t.string({
      nullable: true,
      description: 'Why there is no dayPnl; null where there is one.',
      resolve: async (position, _args, context) => {
        const day = await dayPnlOf(position, context);
        return 'pnl' in day ? undefined : day.because;
      },
    }),
    stops: t.field({
      type: ['PositionExit'],
      description: 'The nearest to the mark first. Exits of an entry that has not filled are none yet.',
      resolve: (position, _args, context) => [...figuresOf(position, context).exits.stops],
    }),
    targets: t.field({
      type: ['PositionExit'],
      description: 'Limits that would close it, the nearest first.',
      resolve: (position, _args, context) => [...figuresOf(position, context).exits.targets],
    }),
    moneyAtRisk: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'From the mark to the stop, times its units; the whole value of what no stop covers; null of a short that none covers: it has no bound. Without gaps and fees. Limits measure another figure.',
      resolve: (position, _args, context) => figuresOf(position, context).risk.amount,
    }),
    moneyAtRiskRatio: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Share of equity, as a fraction, rounded up.',
      resolve: (position, _args, context) => figuresOf(position, context).risk.ratio,
    }),
    moneyAtRiskBasis: t.string({
      description: 'What moneyAtRisk counts, or why there is none.',
      resolve: (position, _args, context) => figuresOf(position, context).risk.basis,
    }),
  }));
}
