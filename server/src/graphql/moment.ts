import type { EngineState } from '../engine/state.ts';
import type { Instant } from '../money/instant.ts';
import type { Builder } from './builder.ts';
import { badInput } from './connections.ts';
import type { Context } from './context.ts';

/** The account as the engine knows it, or knew it after an entry of the journal. */
export interface Moment {
  readonly state: EngineState;
  /** The journal's entry that it stands after. */
  readonly seq: number;
  readonly isPast: boolean;
}

/** A place in the past, by the number of an entry or by the venue's time. */
export type Place = { readonly seq: number } | { readonly at: Instant };

/** What the API reads of earlier times. */
export interface PastReads {
  /** What was known at that place. Throws a `GraphQLError` where there is none, or where it cannot be read now. */
  at(place: Place): Promise<Moment>;
}

/** The argument as GraphQL gives it: exactly one of its fields is set. */
type AsOfValue = { readonly seq?: number | null | undefined; readonly at?: Instant | null | undefined } | null | undefined;

const now = ({ session, journal }: Pick<Context, 'session' | 'journal'>): Moment => ({
  state: session.state(),
  seq: journal.head().seq,
  isPast: false,
});

/** What a query is to be answered from: the engine's newest state, or the past one that it asks for. */
export async function momentOf(asOf: AsOfValue, context: Pick<Context, 'session' | 'journal' | 'past'>): Promise<Moment> {
  if (asOf === null || asOf === undefined) return now(context);
  if (typeof asOf.seq === 'number') return await context.past.at({ seq: asOf.seq });
  if (typeof asOf.at === 'number') return await context.past.at({ at: asOf.at });
  throw badInput('asOf needs one of seq and at');
}

const moments = new WeakMap<object, Moment>();

/** Ties what a past state holds to it: its own fields are then answered from that state too. No two states may share these things. */
export function tie(moment: Moment): Moment {
  const { positions, strategies, orders } = moment.state;
  for (const held of [positions, strategies, orders]) for (const thing of held.values()) moments.set(thing, moment);
  return moment;
}

/** The moment that a position, a strategy or an order was read at: now, unless it was tied to the past. */
export const momentBehind = (thing: object, context: Pick<Context, 'session' | 'journal'>): Moment => moments.get(thing) ?? now(context);

export function addAsOf(builder: Builder) {
  return builder.inputType('AsOf', {
    isOneOf: true,
    description:
      'A place in the past: what the engine knew after an entry of the journal, or when the venue’s clock last showed a time. Worked out again from the journal.',
    fields: (t) => ({
      seq: t.int({ description: 'An entry of the journal, from 1.' }),
      at: t.field({ type: 'DateTime', description: 'Venue time: after the last entry of then or before.' }),
    }),
  });
}

export type AsOfInput = ReturnType<typeof addAsOf>;

/** What `asOf` does, for every field that takes it. */
export const AS_OF = 'Answer from the past instead of from now.';
