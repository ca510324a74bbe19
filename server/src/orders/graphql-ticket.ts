import type { Builder, SchemaTypes } from '../graphql/builder.ts';
import type { Enums } from '../graphql/enums.ts';
import { PROPOSAL_MINUTES } from '../recommendations/agent-proposal.ts';

export type TicketInputs = ReturnType<typeof addTicketInputs>;
type Fields = PothosSchemaTypes.InputFieldBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, 'InputObject'>;

/** What exits are typed as. */
function addExitInputs(builder: Builder) {
  const takeProfit = builder.inputType('TakeProfitInput', {
    fields: (t) => ({ limitPrice: t.field({ type: 'Decimal', required: true }) }),
  });
  const stopLoss = builder.inputType('StopLossInput', {
    description: 'A stop that becomes a market order, or a limit order where it has a limit price.',
    fields: (t) => ({ stopPrice: t.field({ type: 'Decimal', required: true }), limitPrice: t.field({ type: 'Decimal' }) }),
  });
  return { takeProfit, stopLoss };
}

/** What an order is, whoever asks for it. */
const ticketFields = (t: Fields, enums: Enums, { takeProfit, stopLoss }: ReturnType<typeof addExitInputs>) => ({
  idempotencyKey: t.string({ required: true, description: 'The same key answers with the same order.' }),
  symbol: t.string({ required: true }),
  side: t.field({ type: enums.side, required: true }),
  quantity: t.field({ type: 'Decimal', required: true }),
  type: t.field({ type: enums.orderType, required: true, defaultValue: 'market' }),
  timeInForce: t.field({ type: enums.timeInForce, required: true, defaultValue: 'day' }),
  limitPrice: t.field({ type: 'Decimal' }),
  stopPrice: t.field({ type: 'Decimal' }),
  protectiveStop: t.field({
    type: 'Decimal',
    description: 'Price of a stop that will be attached: it bounds what the order can lose. Short for a stop loss alone.',
  }),
  trail: t.field({ type: 'Decimal', description: 'Distance of a trailing stop in money.' }),
  trailRatio: t.field({ type: 'Decimal', description: 'Distance of a trailing stop as a fraction of the price: 0.05 for 5 %.' }),
  orderClass: t.field({ type: enums.orderClass, description: 'Follows from the exits where absent; OCO must be said.' }),
  takeProfit: t.field({ type: takeProfit }),
  stopLoss: t.field({ type: stopLoss }),
  extendedHours: t.boolean({ description: 'May trade before and after the core session: limit orders only.' }),
  reduceOnly: t.boolean({ required: true, defaultValue: false }),
});

/** An order as a person types it, and as an agent proposes it: the same fields. */
export function addTicketInputs(builder: Builder, enums: Enums) {
  const exits = addExitInputs(builder);
  const place = builder.inputType('PlaceOrderInput', {
    fields: (t) => ({ ...ticketFields(t, enums, exits), reason: t.string() }),
  });
  const { min, usual, max } = PROPOSAL_MINUTES;
  const propose = builder.inputType('ProposeOrderInput', {
    description: 'An order as on the ticket, and what a person is to know of it.',
    fields: (t) => ({
      ...ticketFields(t, enums, exits),
      explanation: t.string({ required: true, description: 'Why, for the person who decides: at most 2,000 characters.' }),
      sources: t.stringList({
        required: true,
        defaultValue: [],
        description: 'What it rests on, one line each: ids of runs, entries of the journal, addresses; at most ten of 200 characters.',
      }),
      expiresInMinutes: t.int({ required: true, defaultValue: usual, description: `How long a person has to decide: ${min} to ${max}.` }),
    }),
  });
  return { place, propose };
}
