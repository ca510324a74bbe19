import type { Effect } from '../engine/effects.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { conflict, invalidInput, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, OrderDenied, Unavailable } from '../graphql/errors.ts';
import type { LiveSession } from '../graphql/live-session.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { whyNotReplaceable } from '../engine/replacing.ts';
import { findOrder } from './graphql.ts';
import { askingOf, isInvalid, oneAtATime, parseFor, preparedFor, prepareOption } from './graphql-asking.ts';
import { addTicketInputs } from './graphql-ticket.ts';
import type { TicketInputs } from './graphql-ticket.ts';
import type { OrderPreview } from './graphql.ts';
import { TERMINAL_STATES } from './order.ts';
import type { Order, OrderIntent } from './order.ts';
import { parseReplacement, sameRequest } from './ticket.ts';
import type { ReplacementText, TicketText } from './ticket.ts';

interface OrderPayload {
  readonly __typename: 'OrderPayload';
  readonly order: Order;
}
type PlaceOrderResult = OrderPayload | OrderDenied | InvalidInput | Conflict | Unavailable;
type CancelOrderResult = OrderPayload | NotFound | Conflict | Unavailable;
type Authorized = Context & { readonly principal: Principal };

const payload = (order: Order): OrderPayload => ({ __typename: 'OrderPayload', order });

/** Requests that the projections may not hold yet; what was asked before a restart is in them. */
const recentRequests = new WeakMap<LiveSession, Map<string, OrderIntent>>();
const RECENT_REQUESTS_MAX = 5_000;

function requestsOf(session: LiveSession): Map<string, OrderIntent> {
  const known = recentRequests.get(session) ?? new Map<string, OrderIntent>();
  recentRequests.set(session, known);
  return known;
}

function remember(requests: Map<string, OrderIntent>, intent: OrderIntent): void {
  requests.set(intent.id, intent);
  const [oldest] = requests.keys();
  if (requests.size > RECENT_REQUESTS_MAX && oldest !== undefined) requests.delete(oldest);
}

function answerFor(order: Order): OrderPayload | OrderDenied {
  if (order.state !== 'denied') return payload(order);
  const { denials } = order.decision;
  const message = denials.length === 1 ? (denials[0]?.message ?? '') : `The risk gate denied this order for ${denials.length} reasons.`;
  return { __typename: 'OrderDeniedError', message, order, denials };
}

/** What an earlier request under the same key came to; `undefined` where this is the first. */
async function earlierAnswer(intent: OrderIntent, context: Authorized): Promise<PlaceOrderResult | undefined> {
  const { session, orders, report } = context;
  try {
    const before = requestsOf(session).get(intent.id) ?? (await orders.requestOf(intent.id));
    if (before === undefined) return undefined;
    if (!sameRequest(before, intent)) {
      return conflict('This idempotency key was used for a different order. Use a fresh key for a new order.');
    }
    const known = await findOrder(intent.id, context);
    return known === undefined
      ? unavailable('This order was asked for before and cannot be read now. Ask again.', 'unknown')
      : answerFor(known);
  } catch (error) {
    report('earlier orders cannot be read', error);
    return unavailable('Earlier orders cannot be read now, so nothing was placed. Try again with the same idempotency key.');
  }
}

/** The order as these effects left it. */
function orderIn(effects: readonly Effect[], id: string): Order | undefined {
  const changed = effects.findLast((effect) => effect.kind === 'OrderChanged' && effect.order.id === id);
  return changed?.kind === 'OrderChanged' ? changed.order : undefined;
}

async function placeOrder(input: TicketText, context: Authorized): Promise<PlaceOrderResult> {
  // Whether its symbol is listed is asked after whether it was placed already: a ticket that is sent again is answered whatever became of the listing.
  const asked = await parseFor(input, context, () => true);
  if (isInvalid(asked)) return asked;
  const { session, principal, report } = context;
  return oneAtATime(session, asked.id, async () => {
    const earlier = await earlierAnswer(asked, context);
    if (earlier !== undefined) return earlier;
    const intent = await preparedFor(input, context);
    if (isInvalid(intent)) return intent;
    const outcome = await command(session, { kind: 'OrderRequested', at: session.state().now, by: actorOf(principal), intent }, report);
    if (!outcome.ok) return outcome.error;
    const changed = orderIn(outcome.effects, intent.id);
    // The same key came by another instance meanwhile, and was there first: nothing was sent for this one.
    const first = changed === undefined ? await earlierAnswer(intent, context) : undefined;
    if (first !== undefined) return first;
    remember(requestsOf(session), intent);
    const order = changed ?? outcome.state.orders.get(intent.id);
    return order === undefined ? unavailable('The engine answered without an order. Look at the journal.', 'unknown') : answerFor(order);
  });
}

type ReplaceOrderResult = OrderPayload | OrderDenied | InvalidInput | NotFound | Conflict | Unavailable;

/** An order in the place of an open one, under an id of its own; the same key answers with the same order. */
async function replaceOrder(input: ReplacementText, context: Authorized): Promise<ReplaceOrderResult> {
  const old = await findOrder(input.id, context);
  if (old === undefined) return notFound('order', input.id);
  const { session, principal, report } = context;
  const parsed = parseReplacement(input, old.intent, await askingOf(context));
  if (!parsed.ok) return invalidInput(parsed.problem.field, parsed.problem.message, parsed.problem.hint);
  const { intent } = parsed;
  return oneAtATime(session, intent.id, async () => {
    const earlier = await earlierAnswer(intent, context);
    if (earlier !== undefined) return earlier;
    const unprepared = await prepareOption(intent.symbol, context);
    if (unprepared !== undefined) return unprepared;
    const why = whyNotReplaceable(session.state(), session.state().orders.get(old.id), intent);
    if (why !== undefined) return conflict(`This order cannot be replaced. ${why}`);
    const outcome = await command(session, { kind: 'ReplaceRequested', at: session.state().now, by: actorOf(principal), intent }, report);
    if (!outcome.ok) return outcome.error;
    const order = outcome.state.orders.get(intent.id);
    if (order === undefined) return conflict('The order changed while it was to be replaced. Read it again.');
    const first = orderIn(outcome.effects, intent.id) === undefined ? await earlierAnswer(intent, context) : undefined;
    if (first !== undefined) return first;
    remember(requestsOf(session), intent);
    return answerFor(order);
  });
}

async function cancelOrder(id: string, context: Authorized): Promise<CancelOrderResult> {
  const order = await findOrder(id, context);
  if (order === undefined) return notFound('order', id);
  if (TERMINAL_STATES.has(order.state)) return conflict(`This order is ${order.state} and cannot be cancelled.`);
  const { session, principal, report } = context;
  const outcome = await command(session, { kind: 'CancelRequested', at: session.state().now, by: actorOf(principal), orderId: id }, report);
  if (!outcome.ok) return outcome.error;
  return payload(outcome.state.orders.get(id) ?? order);
}

function addPreview(builder: Builder): void {
  builder.objectType('OrderPreview', {
    description: 'What the gate would say, without placing anything.',
    fields: (t) => ({
      verdict: t.exposeString('verdict'),
      denials: t.field({ type: ['Denial'], resolve: (preview) => [...preview.denials] }),
      orderRisk: t.expose('orderRisk', { type: 'Decimal', nullable: true }),
      orderRiskRatio: t.expose('orderRiskRatio', { type: 'Decimal', nullable: true }),
      referencePrice: t.expose('referencePrice', { type: 'Decimal', nullable: true }),
      notional: t.expose('notional', { type: 'Decimal', nullable: true }),
      exposureBefore: t.expose('exposureBefore', { type: 'Decimal', nullable: true }),
      exposureAfter: t.expose('exposureAfter', { type: 'Decimal', nullable: true }),
    }),
  });
}

/** Preview, place and cancel. Answers with the input by which an agent says an order. */
export function addOrderMutations(builder: Builder, enums: Enums): TicketInputs['propose'] {
  addPreview(builder);
  const { place: ticket, propose } = addTicketInputs(builder, enums);
  builder.objectType('OrderPayload', { fields: (t) => ({ order: t.expose('order', { type: 'Order' }) }) });
  const previewResult = builder.unionType('PreviewOrderResult', {
    types: ['OrderPreview', 'InvalidInputError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const placeResult = builder.unionType('PlaceOrderResult', {
    types: ['OrderPayload', 'OrderDeniedError', 'InvalidInputError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const cancelResult = builder.unionType('CancelOrderResult', {
    types: ['OrderPayload', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const replacement = builder.inputType('ReplaceOrderInput', {
    description: 'What is left out stays as it is.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The order whose place is taken.' }),
      idempotencyKey: t.string({ required: true }),
      quantity: t.field({ type: 'Decimal', description: 'The whole quantity, with what has filled already.' }),
      limitPrice: t.field({ type: 'Decimal' }),
      stopPrice: t.field({ type: 'Decimal' }),
      trail: t.field({ type: 'Decimal' }),
      trailRatio: t.field({ type: 'Decimal' }),
      timeInForce: t.field({ type: enums.timeInForce }),
      reason: t.string(),
    }),
  });
  const replaceResult = builder.unionType('ReplaceOrderResult', {
    types: ['OrderPayload', 'OrderDeniedError', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const authScopes = { principal: true } as const;
  builder.mutationFields((t) => ({
    replaceOrder: t.authField({
      type: replaceResult,
      authScopes,
      args: { input: t.arg({ type: replacement, required: true }) },
      resolve: (_root, { input }, context) => replaceOrder(input, context),
    }),
  }));
  builder.mutationFields((t) => ({
    previewOrder: t.authField({
      type: previewResult,
      authScopes,
      args: { input: t.arg({ type: ticket, required: true }) },
      resolve: async (_root, { input }, context): Promise<OrderPreview | InvalidInput> => {
        const intent = await preparedFor(input, context);
        if (isInvalid(intent)) return intent;
        return { __typename: 'OrderPreview', ...context.session.orderPreview(intent) };
      },
    }),
    placeOrder: t.authField({
      type: placeResult,
      authScopes,
      args: { input: t.arg({ type: ticket, required: true }) },
      resolve: (_root, { input }, context) => placeOrder(input, context),
    }),
    cancelOrder: t.authField({
      type: cancelResult,
      authScopes,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => cancelOrder(id, context),
    }),
  }));
  return propose;
}
