import type { ConformanceCase } from './case.ts';
import { changeCases } from './changes.ts';
import { dataStreamCases } from './data-streams.ts';
import { familyCases } from './families.ts';
import { marketCases } from './market.ts';
import { refusalCases } from './refusals.ts';
import { secondThoughtCases } from './second-thoughts.ts';
import { streamCases } from './streams.ts';
import { submissionCases } from './submission.ts';

/** What must be tested at least, by number. */
export const GROUPS = {
  1: 'one client id, one order',
  2: 'answers that are lost',
  3: 'events out of order, twice, or not at all',
  4: 'cancels and partial fills',
  5: 'replaces',
  6: 'brackets and their kin',
  7: 'streams that break',
  8: 'subscriptions that are refused',
  9: 'limits of requests',
  10: 'orders that are refused',
  11: 'flags, halts and borrowing',
  12: 'splits and dividends',
  13: 'busts, corrections and late fills',
  14: 'hours, days and clocks',
  15: 'maintenance',
} as const;

/** Every case, over the broker's own client. Those for `any host` hold of a real paper account too. */
export const CASES: readonly ConformanceCase[] = [
  ...submissionCases,
  ...streamCases,
  ...dataStreamCases,
  ...changeCases,
  ...familyCases,
  ...refusalCases,
  ...marketCases,
  ...secondThoughtCases,
].toSorted((left, right) => left.group - right.group);
