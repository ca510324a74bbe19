import type { Context } from '../graphql/context.ts';
import { invalidInput } from '../graphql/errors.ts';
import type { InvalidInput } from '../graphql/errors.ts';
import type { LiveSession } from '../graphql/live-session.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { isOptionSymbol } from '../instruments/option-symbol.ts';
import type { OrderIntent } from './order.ts';
import { parseTicket } from './ticket.ts';
import type { TicketText } from './ticket.ts';

type Authorized = Context & { readonly principal: Principal };

/** Requests under one key wait for each other, so that two at once cannot both be the first. */
const underWay = new WeakMap<LiveSession, Map<string, Promise<unknown>>>();

export async function oneAtATime<T>(session: LiveSession, key: string, run: () => Promise<T>): Promise<T> {
  const waiting = underWay.get(session) ?? new Map<string, Promise<unknown>>();
  underWay.set(session, waiting);
  const before = waiting.get(key) ?? Promise.resolve();
  const mine = before.then(run, run);
  waiting.set(key, mine);
  try {
    return await mine;
  } finally {
    if (waiting.get(key) === mine) waiting.delete(key);
  }
}

/** An order in an option is judged by its contract and its newest quote. Where the provider does not answer, the engine judges by what it knows. */
export async function prepareOption(symbol: string, { options, report }: Authorized): Promise<InvalidInput | undefined> {
  if (!isOptionSymbol(symbol)) return undefined;
  try {
    const problem = await options.prepare(symbol);
    return problem === undefined
      ? undefined
      : invalidInput('symbol', `No order is placed: ${problem}.`, 'Choose a contract of the option chain.');
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ProviderError')) throw error;
    report(`the newest quote of ${symbol}`, error);
    return undefined;
  }
}

/** Who asks, with the log-in behind it: for real money the gate wants a fresh one. An agent is named as its limits are kept. */
export async function askingOf({ session, principal, people }: Authorized) {
  const confirmedAt = principal.kind === 'person' ? await people.confirmedAt(principal.proof) : undefined;
  return { principal: principal.key?.kind === 'agent' ? actorOf(principal) : principal.id, confirmedAt, at: session.state().now };
}

export async function parseFor(
  input: TicketText,
  context: Authorized,
  knows: (symbol: string) => boolean,
): Promise<OrderIntent | InvalidInput> {
  const parsed = parseTicket(input, { ...(await askingOf(context)), knows });
  return parsed.ok ? parsed.intent : invalidInput(parsed.problem.field, parsed.problem.message, parsed.problem.hint);
}

/** The order that a ticket asks for, with what it is judged by at hand. */
export async function preparedFor(input: TicketText, context: Authorized): Promise<OrderIntent | InvalidInput> {
  const unprepared = await prepareOption(input.symbol, context);
  return unprepared ?? (await parseFor(input, context, (symbol) => context.session.state().instruments.has(symbol)));
}

export const isInvalid = (value: OrderIntent | InvalidInput): value is InvalidInput => '__typename' in value;
