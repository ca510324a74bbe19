import type { Duplex } from 'node:stream';
import { getOperationAST, GraphQLError, Kind, OperationTypeNode } from 'graphql';
import type { ExecutionArgs, ExecutionResult, FieldNode, OperationDefinitionNode } from 'graphql';
import type { WebSocket } from 'ws';
import { authorize, NEEDS } from '../../graphql/authorization.ts';
import type { Context } from '../../graphql/context.ts';
import { LIVE_KINDS, LiveFeeds } from '../../graphql/live/live-feeds.ts';
import type { LiveOperation } from '../../graphql/live/live-feeds.ts';
import type { LiveRun } from '../../graphql/live/live-run.ts';
import { Payload } from '../../graphql/live/outlet.ts';
import type { Outlet } from '../../graphql/live/outlet.ts';
import type { Principal } from '../../graphql/principal.ts';
import { textFrame } from './text-frame.ts';

export type Answer = ExecutionResult | AsyncIterable<ExecutionResult>;
/** The engine's own way to run a subscription, with its plugins. */
export type Subscribe = (args: ExecutionArgs) => Promise<Answer> | Answer;

/** The operation is answered, and is no stream. */
class Answered extends Error {
  override readonly name = 'Answered';
  readonly answer: ExecutionResult;

  constructor(answer: ExecutionResult) {
    super('the operation was refused');
    this.answer = answer;
  }
}

/** What of a connection messages are written to. */
type Wire = Pick<Duplex, 'write'>;

const END = Buffer.from('}');

/**
 * Messages of one subscription, straight into its socket: only the id in the head is the subscriber's own. Nothing is compressed and nothing masked, so a
 * message is the same bytes for all who number alike, its frame included: made once, also with those that leave with it, and written to each connection without the
 * library's work for each.
 */
export function socketOutlet(socket: Pick<WebSocket, 'bufferedAmount' | 'readyState' | 'OPEN'>, wire: Wire, id: string): Outlet {
  const key = JSON.stringify(id);
  const head = Buffer.from(`{"id":${key},"type":"next","payload":`);
  const frame = (answer: Buffer): Buffer => textFrame(head, answer, END);
  return {
    isIdle: () => socket.bufferedAmount === 0,
    give: (payloads, left) => {
      // After a close has been said nothing may follow.
      if (socket.readyState !== socket.OPEN) return left?.();
      wire.write(Payload.framedTogether(payloads, key, frame), left);
    },
  };
}

/** The one field that the operation is about; `undefined` where it stands behind a fragment, or beside others. */
function rootField({ selectionSet: { selections } }: OperationDefinitionNode): FieldNode | undefined {
  const [only, ...others] = selections;
  return only?.kind === Kind.FIELD && others.length === 0 ? only : undefined;
}

interface Place {
  readonly cursor: string | undefined;
  /** The variable that carries the cursor, and nothing else. */
  readonly variable: string | undefined;
}

const CURSOR = /^\d{1,15}$/;
const BEGINNING: Place = { cursor: undefined, variable: undefined };

/** Where a reader goes on; `undefined` where that cannot be told apart from what it asks. */
function placeOf(
  field: FieldNode,
  { variableDefinitions }: OperationDefinitionNode,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Place | undefined {
  const value = field.arguments?.find(({ name }) => name.value === 'after')?.value;
  if (value === undefined || value.kind === Kind.NULL) return BEGINNING;
  if (value.kind === Kind.STRING) return CURSOR.test(value.value) ? { cursor: value.value, variable: undefined } : undefined;
  if (value.kind !== Kind.VARIABLE) return undefined;
  const variable = value.name.value;
  const definition = variableDefinitions?.find((each) => each.variable.name.value === variable);
  // Said once and used once: no other part of the answer depends on it.
  if (definition === undefined || definition.defaultValue !== undefined || query.split(`$${variable}`).length !== 3) return undefined;
  const given = variables[variable];
  if (given === undefined || given === null)
    return definition.type.kind === Kind.NON_NULL_TYPE ? undefined : { cursor: undefined, variable };
  return typeof given === 'string' && CURSOR.test(given) ? { cursor: given, variable } : undefined;
}

/** Whoever reads what many read: what tells people apart cannot be asked of it, so nobody can be shown what is another's. */
function anybodyOf(role: Principal['role']): Principal {
  const nobody = (): never => {
    throw new Error('Invariant: what a live operation shows depends on the role of who asks, never on the person');
  };
  return Object.defineProperties({ role } as Principal, {
    id: { get: nobody },
    name: { get: nobody },
    kind: { get: nobody },
    personId: { get: nobody },
    proof: { get: nobody },
  });
}

/** The operation as one that others may share; `undefined` where it must run for this reader alone. */
export function sharedOperation(
  args: ExecutionArgs,
  query: string,
  subscribe: Subscribe,
): (LiveOperation & { readonly field: string }) | undefined {
  const operation = getOperationAST(args.document, args.operationName);
  const context = args.contextValue as Context;
  const { principal, journal } = context;
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION || principal === undefined) return undefined;
  const field = rootField(operation);
  const kind = field === undefined ? undefined : LIVE_KINDS[field.name.value];
  if (field === undefined || kind === undefined) return undefined;
  const variables = args.variableValues ?? {};
  const place = placeOf(field, operation, query, variables);
  const head = journal.head().seq;
  const cursor = place?.cursor === undefined ? undefined : Number(place.cursor);
  if (place === undefined) return undefined;
  const others = Object.entries(variables).filter(([name]) => name !== place.variable);
  const anybody = { ...context, principal: anybodyOf(principal.role) };
  const execute = async (live: LiveRun): Promise<AsyncIterableIterator<unknown>> => {
    const answer = await subscribe({ ...args, rootValue: undefined, contextValue: { ...anybody, live } });
    if (Symbol.asyncIterator in answer) return answer as AsyncIterableIterator<unknown>;
    throw new Answered(answer);
  };
  return {
    key: JSON.stringify([principal.role, args.operationName ?? null, query, others]),
    kind,
    cursor,
    head,
    execute,
    field: field.name.value,
  };
}

interface Asked {
  readonly query: string;
  readonly outlet: Outlet;
  /** Runs the operation for one reader. */
  readonly subscribe: Subscribe;
}

/** A way to subscribe that runs an operation once for all who ask the same of it. */
export function sharedSubscriptions(): (args: ExecutionArgs, asked: Asked) => Promise<Answer> {
  const feeds = new LiveFeeds();
  return (args, asked) => subscribeIn(feeds, args, asked);
}

/** Its cursor is of an instance that has read further than this one; or of another journal, which is answered, and nothing follows. */
const isAhead = ({ cursor, head }: LiveOperation): boolean => cursor !== undefined && cursor > head;

/** Whether somebody may ask is decided for each. */
async function subscribeIn(feeds: LiveFeeds, args: ExecutionArgs, { query, outlet, subscribe }: Asked): Promise<Answer> {
  let operation = sharedOperation(args, query, subscribe);
  if (operation === undefined) return await subscribe(args);
  try {
    const need = NEEDS.Subscription[operation.field];
    if (need === undefined) throw new Error(`Invariant: graphql/authorization.ts says who may read ${operation.field}`);
    await authorize(need, args.contextValue as Context);
    if (isAhead(operation)) {
      await (args.contextValue as Context).journal.catchUp();
      operation = sharedOperation(args, query, subscribe);
      if (operation === undefined || isAhead(operation)) return await subscribe(args);
    }
    return await feeds.join(operation, outlet);
  } catch (error) {
    if (error instanceof Answered) return error.answer;
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}
