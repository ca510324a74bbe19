import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { format } from '../money/fixed.ts';
import type { Fixed } from '../money/fixed.ts';
import { formatInstant, instant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

const DECIMAL_TEXT = /^-?[0-9]{1,18}(?:\.[0-9]{1,9})?$/;

/** Plain decimal text, exactly; which kind of number it is, the field's own parser decides. */
function decimalText(value: unknown): string {
  if (typeof value !== 'string' || !DECIMAL_TEXT.test(value) || /^-0+(?:\.0+)?$/.test(value)) {
    throw new GraphQLError(`Expected a decimal number as text, like "190.25": at most 18 digits before the point and 9 after it.`);
  }
  return value;
}

export const DECIMAL = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description: 'Exact decimal text, like "190.25": prices, quantities, money and ratios. Never a float.',
  serialize: (value) => {
    // Default values of arguments are text on their way into the printed schema.
    if (typeof value === 'string') return decimalText(value);
    if (typeof value !== 'bigint') throw new Error(`Invariant: a Decimal is fixed point, got ${typeof value}`);
    return format(value as Fixed);
  },
  parseValue: decimalText,
  parseLiteral: (node) => decimalText(node.kind === Kind.STRING ? node.value : undefined),
});

function instantOf(value: unknown): Instant {
  if (typeof value !== 'string' || value.length > 40) throw new GraphQLError('Expected a time as text, like "2024-03-01T14:30:00Z".');
  try {
    return instant(value);
  } catch (error) {
    throw new GraphQLError(error instanceof Error ? error.message : 'not a time');
  }
}

export const DATE_TIME = new GraphQLScalarType<Instant, string>({
  name: 'DateTime',
  description: 'ISO-8601 instant in UTC, like "2018-05-11T20:00:00Z".',
  serialize: (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error('Invariant: a DateTime is an instant in milliseconds');
    return formatInstant(value as Instant);
  },
  parseValue: instantOf,
  parseLiteral: (node) => instantOf(node.kind === Kind.STRING ? node.value : undefined),
});

/** A journal sequence number as text: 0 is before the first entry. */
function cursorText(value: unknown): string {
  if (typeof value !== 'string' || !/^[0-9]{1,15}$/.test(value)) {
    throw new GraphQLError('Expected a cursor as this server gave it: a sequence number as text; "0" is the start.');
  }
  return value;
}

export const CURSOR = new GraphQLScalarType<string, string>({
  name: 'Cursor',
  description: 'Opaque place in the journal: resume a subscription after it.',
  serialize: cursorText,
  parseValue: cursorText,
  parseLiteral: (node) => cursorText(node.kind === Kind.STRING ? node.value : undefined),
});
