import { readable } from '../alerts/readable.ts';
import type { Alert } from '../engine/effects.ts';
import type { Builder } from '../graphql/builder.ts';
import { pageOf, pageRequest } from '../graphql/connections.ts';
import { AS_OF, momentBehind, momentOf } from '../graphql/moment.ts';
import type { AsOfInput } from '../graphql/moment.ts';
import { nodeId } from '../graphql/node.ts';
import type { EngineState } from '../engine/state.ts';
import { multiplierOf, worthOf } from '../instruments/worth.ts';
import type { Money } from '../money/fixed.ts';
import { share } from '../money/money.ts';
import type { StrategyFill } from '../engine/strategy-results.ts';
import { addPositionFigures } from './graphql-figures.ts';
import { optionOf } from './option-view.ts';
import type { Position, Trade } from './position.ts';
import { unrealizedPnl } from './valuation.ts';

/** What the API reads of closed round trips. */
export interface TradeReads {
  /** Oldest first. With `upTo`, here and below: as it stood after that entry of the journal. */
  all(upTo?: number): Promise<readonly Trade[]>;
  /** Gross profit less fees of all closed round trips. */
  realizedTotal(upTo?: number): Promise<Money>;
  /** Every fill of an order that a strategy wanted, oldest first. */
  strategyFills(upTo?: number): Promise<readonly StrategyFill[]>;
}

export const positionsOf = (state: EngineState): readonly Position[] =>
  [...state.positions.values()].filter((position) => position.quantity !== 0n).sort((left, right) => (left.symbol < right.symbol ? -1 : 1));

/** The position's worth at its newest mark; negative when short. */
function valueOf(position: Position, state: EngineState): Money | undefined {
  const mark = state.marks.get(position.symbol);
  return mark === undefined ? undefined : worthOf(position.symbol, position.quantity, mark.price);
}

function weightOf(position: Position, state: EngineState) {
  const value = valueOf(position, state);
  return value === undefined || state.equity === undefined ? undefined : share(value, state.equity.equity);
}

const holdersOf = (symbol: string, state: EngineState): string[] =>
  [...state.strategies.values()].filter((slot) => (slot.holdings.get(symbol) ?? 0n) !== 0n).map((slot) => slot.config.name);

/** The open alert that says the broker holds something else. */
function differenceOf(symbol: string, state: EngineState): string | undefined {
  const isAbout = ({ code, title, detail }: Alert): boolean => code.includes('Difference') && mentions(`${title} ${detail}`, symbol);
  const found = [...state.alerts.values()].find(isAbout);
  return found === undefined ? undefined : readable(found.detail);
}

const mentions = (text: string, symbol: string): boolean => text.split(/[^A-Z0-9.]+/).some((word) => word.replace(/\.$/, '') === symbol);

type Reads = Parameters<typeof momentBehind>[1];

const instrumentOf = (position: Position, context: Reads) => momentBehind(position, context).state.instruments.get(position.symbol);
const markOf = (position: Position, context: Reads) => momentBehind(position, context).state.marks.get(position.symbol);

function addPositionOption(builder: Builder): void {
  builder.objectType('PositionOption', {
    description:
      'The contract of a position in an option, and how it moves. Greeks of one share: delta and gamma to a dollar of the underlying, theta to a calendar day, vega to a point (0.01). Null where they are not known.',
    fields: (t) => ({
      underlying: t.string({ resolve: ({ terms }) => terms.underlying }),
      right: t.string({ description: 'call or put.', resolve: ({ terms }) => terms.right }),
      strike: t.field({ type: 'Decimal', resolve: ({ terms }) => terms.strike }),
      expiresOn: t.string({ description: 'New York date.', resolve: ({ terms }) => terms.expiresOn }),
      daysToExpiry: t.exposeInt('daysToExpiry'),
      multiplier: t.int({ resolve: ({ symbol }) => Number(multiplierOf(symbol)) }),
      style: t.string({ description: 'american or european.', resolve: ({ terms }) => terms.style }),
      delta: t.field({ type: 'Decimal', nullable: true, resolve: ({ figures }) => figures?.delta }),
      gamma: t.field({ type: 'Decimal', nullable: true, resolve: ({ figures }) => figures?.gamma }),
      theta: t.field({ type: 'Decimal', nullable: true, resolve: ({ figures }) => figures?.theta }),
      vega: t.field({ type: 'Decimal', nullable: true, resolve: ({ figures }) => figures?.vega }),
      impliedVolatility: t.field({ type: 'Decimal', nullable: true, resolve: ({ figures }) => figures?.impliedVolatility }),
      underlyingPrice: t.field({
        type: 'Decimal',
        nullable: true,
        description: 'That the greeks belong to.',
        resolve: ({ figures }) => figures?.underlyingPrice,
      }),
      source: t.string({ nullable: true, description: 'feed or computed.', resolve: ({ figures }) => figures?.source }),
      computedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'Time of the quote that the greeks are from.',
        resolve: ({ figures }) => figures?.at,
      }),
      deltaDollars: t.float({
        nullable: true,
        description: 'Of the whole position: dollars of the underlying that it moves like.',
        resolve: ({ greeks }) => greeks?.delta,
      }),
      gammaDollars: t.float({
        nullable: true,
        description: 'Change of those dollars when the underlying moves by one percent.',
        resolve: ({ greeks }) => greeks?.gamma,
      }),
      thetaDollars: t.float({ nullable: true, description: 'For each calendar day.', resolve: ({ greeks }) => greeks?.theta }),
      vegaDollars: t.float({ nullable: true, description: 'For each point of volatility.', resolve: ({ greeks }) => greeks?.vega }),
    }),
  });
}

function addPositionType(builder: Builder): void {
  builder.objectType('Position', {
    description: 'What is held of one symbol, at average cost.',
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.id({ resolve: ({ symbol }) => nodeId('Position', symbol) }),
      symbol: t.exposeString('symbol'),
      name: t.string({ resolve: (position, _args, context) => instrumentOf(position, context)?.name ?? position.symbol }),
      source: t.string({
        description: 'Real or synthetic prices.',
        resolve: (position, _args, context) => instrumentOf(position, context)?.source ?? 'unknown',
      }),
      side: t.string({ description: 'long or short.', resolve: ({ quantity }) => (quantity < 0n ? 'short' : 'long') }),
      quantity: t.expose('quantity', { type: 'Decimal', description: 'Signed; negative is short.' }),
      averagePrice: t.expose('averagePrice', { type: 'Decimal', description: 'Average price paid, or received when short, without fees.' }),
      mark: t.field({
        type: 'Decimal',
        nullable: true,
        resolve: (position, _args, context) => markOf(position, context)?.price,
      }),
      markAt: t.field({
        type: 'DateTime',
        nullable: true,
        resolve: (position, _args, context) => markOf(position, context)?.at,
      }),
      value: t.field({
        type: 'Decimal',
        nullable: true,
        resolve: (position, _args, context) => valueOf(position, momentBehind(position, context).state),
      }),
      weight: t.field({
        type: 'Decimal',
        nullable: true,
        description: 'Share of equity, as a fraction; negative when short.',
        resolve: (position, _args, context) => weightOf(position, momentBehind(position, context).state),
      }),
      unrealizedPnl: t.field({
        type: 'Decimal',
        nullable: true,
        resolve: (position, _args, context) => unrealizedPnl(position, markOf(position, context)),
      }),
      realizedPnl: t.expose('realizedPnl', { type: 'Decimal' }),
      fees: t.expose('fees', { type: 'Decimal' }),
      openedAt: t.expose('openedAt', { type: 'DateTime' }),
      strategies: t.stringList({
        resolve: (position, _args, context) => holdersOf(position.symbol, momentBehind(position, context).state),
      }),
      option: t.field({
        type: 'PositionOption',
        nullable: true,
        description: 'Of an option, and of nothing else.',
        resolve: (position, _args, context) => optionOf(position, momentBehind(position, context).state),
      }),
      difference: t.string({
        nullable: true,
        description: "Set where the broker's quantity is not ours.",
        resolve: (position, _args, context) => differenceOf(position.symbol, momentBehind(position, context).state),
      }),
    }),
  });
}

export function addPositions(builder: Builder, asOf: AsOfInput): void {
  addPositionOption(builder);
  addPositionType(builder);
  addPositionFigures(builder);
  builder.queryField('positions', (t) =>
    t.field({
      type: 'PositionConnection',
      args: { first: t.arg.int(), after: t.arg.string(), asOf: t.arg({ type: asOf, description: AS_OF }) },
      resolve: async (_root, args, context) => {
        const { state } = await momentOf(args.asOf, context);
        return pageOf(positionsOf(state), ({ symbol }) => symbol, pageRequest(args));
      },
    }),
  );
}
