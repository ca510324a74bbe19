import { expect, test } from 'vitest';
import { problemText } from './problem.ts';

test.each([
  [{ __typename: 'NotFoundError', message: 'There is no such run.' }, 'There is no such run.'],
  [{ __typename: 'InvalidInputError', message: 'It is 0', field: 'trees', hint: 'Give 1 or more.' }, 'trees: It is 0. Give 1 or more.'],
])('%o', (problem, text) => expect(problemText(problem)).toBe(text));
