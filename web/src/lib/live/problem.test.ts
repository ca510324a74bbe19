import { CombinedError } from '@urql/core';
import { expect, test } from 'vitest';
import { isRefusedAs, problemText } from './problem.ts';

test.each([
  [{ __typename: 'NotFoundError', message: 'There is no such run.' }, 'There is no such run.'],
  [{ __typename: 'InvalidInputError', message: 'It is 0', field: 'trees', hint: 'Give 1 or more.' }, 'trees: It is 0. Give 1 or more.'],
])('%o', (problem, text) => expect(problemText(problem)).toBe(text));

test.each([
  [undefined, false],
  [['UNAUTHENTICATED'], false],
  [['RATE_LIMITED', 'UNKNOWN_DOCUMENT'], true],
])('of the codes %o', (codes, isRefused) => {
  const error = codes && new CombinedError({ graphQLErrors: codes.map((code) => ({ message: 'no', extensions: { code } })) });
  expect(isRefusedAs(error, 'UNKNOWN_DOCUMENT')).toBe(isRefused);
});
