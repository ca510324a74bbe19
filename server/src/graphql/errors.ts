import type { CompileError } from '@tidemark/compute/types';
import type { Order, Denial } from '../orders/order.ts';
import type { Builder } from './builder.ts';
import type { Enums, UnavailableOutcome } from './enums.ts';

/** A field is wrong: which, why, and what to do. */
export interface InvalidInput {
  readonly __typename: 'InvalidInputError';
  readonly message: string;
  readonly field: string;
  readonly hint: string;
}
export interface NotFound {
  readonly __typename: 'NotFoundError';
  readonly message: string;
}
export interface Conflict {
  readonly __typename: 'ConflictError';
  readonly message: string;
}
export interface Unavailable {
  readonly __typename: 'UnavailableError';
  readonly message: string;
  readonly outcome: UnavailableOutcome;
}
export interface OrderDenied {
  readonly __typename: 'OrderDeniedError';
  readonly message: string;
  readonly order: Order;
  readonly denials: readonly Denial[];
}
export interface CompileFailed {
  readonly __typename: 'CompileFailedError';
  readonly message: string;
  readonly errors: readonly CompileError[];
}
/** What the server compiled from a text is not what was seen elsewhere. */
export interface VersionDiffers {
  readonly __typename: 'VersionDiffersError';
  readonly message: string;
  readonly seen: string;
  readonly compiled: string;
}

export const invalidInput = (field: string, message: string, hint: string): InvalidInput => ({
  __typename: 'InvalidInputError',
  message,
  field,
  hint,
});
export const notFound = (what: string, id: string): NotFound => ({
  __typename: 'NotFoundError',
  message: `There is no ${what} with the id "${id.slice(0, 80)}".`,
});
export const conflict = (message: string): Conflict => ({ __typename: 'ConflictError', message });
export const unavailable = (message: string, outcome: UnavailableOutcome = 'not_done'): Unavailable => ({
  __typename: 'UnavailableError',
  message,
  outcome,
});
export const compileFailed = (errors: readonly CompileError[]): CompileFailed => ({
  __typename: 'CompileFailedError',
  message: errors.length === 1 ? 'The source has an error.' : `The source has ${errors.length} errors.`,
  errors,
});
export const versionDiffers = (seen: string, compiled: string): VersionDiffers => ({
  __typename: 'VersionDiffersError',
  message: `The server's compiler makes ${compiled.slice(0, 12)}… of this text, not ${seen.slice(0, 12)}…: nothing was saved. Load the page again: its compiler may be of another version of the program.`,
  seen,
  compiled,
});

/** The one member of a union that says of itself what it is. */
export const typeOfMember = <T extends { readonly __typename: string }>(member: T): T['__typename'] => member.__typename;

const describe = (description: string): { readonly description: string } => ({ description });

export function addErrors(builder: Builder, enums: Enums): void {
  const error = builder.interfaceRef<{ readonly message: string }>('Error').implement({
    description: 'What a mutation answers with instead of its payload: expected, so data and not an exception.',
    fields: (t) => ({ message: t.exposeString('message', describe('One sentence, for people.')) }),
  });
  builder.objectType('InvalidInputError', {
    description: 'A field is wrong: which, why, and what to do.',
    interfaces: [error],
    fields: (t) => ({ field: t.exposeString('field'), hint: t.exposeString('hint') }),
  });
  builder.objectType('NotFoundError', { interfaces: [error], fields: () => ({}) });
  builder.objectType('ConflictError', {
    description: 'The state of things does not allow it now.',
    interfaces: [error],
    fields: () => ({}),
  });
  builder.objectType('UnavailableError', {
    description: 'A part that is needed does not answer now. Nothing was done, unless the outcome says otherwise.',
    interfaces: [error],
    fields: (t) => ({
      outcome: t.expose('outcome', {
        type: enums.unavailableOutcome,
        description: 'Whether what was asked for was done. An order is asked for again with the same idempotency key in any case.',
      }),
    }),
  });
  builder.objectType('OrderDeniedError', {
    description: 'The risk gate said no: every violated control, with limit and actual.',
    interfaces: [error],
    fields: (t) => ({ order: t.expose('order', { type: 'Order' }), denials: t.expose('denials', { type: ['Denial'] }) }),
  });
  builder.objectType('OrderRefusedError', {
    description: 'The gate would deny now what an agent proposes: every violated control, and nobody is asked.',
    interfaces: [error],
    fields: (t) => ({
      recommendation: t.expose('recommendation', { type: 'Recommendation' }),
      denials: t.expose('denials', { type: ['Denial'] }),
    }),
  });
  builder.objectType('CompileFailedError', {
    description: "The strategy's source does not compile.",
    interfaces: [error],
    fields: (t) => ({ errors: t.expose('errors', { type: ['CompileError'] }) }),
  });
  builder.objectType('VersionDiffersError', {
    description: 'The server compiles the text to another module than the one that was tested: nothing was saved.',
    interfaces: [error],
    fields: (t) => ({ seen: t.exposeString('seen'), compiled: t.exposeString('compiled') }),
  });
  builder.objectType('CompileError', {
    description: "One complaint of the compiler, in the author's own file.",
    fields: (t) => ({
      file: t.exposeString('file'),
      line: t.exposeInt('line', describe('From 1.')),
      column: t.exposeInt('column', describe('From 1.')),
      message: t.exposeString('message'),
    }),
  });
}
