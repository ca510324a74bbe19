import { openStatistics } from '@tidemark/compute/statistics';
import type { BacktestResult } from '@tidemark/compute/types';
import { expect, test } from 'vitest';
import { badgesOf } from './badges.ts';
import { plainResult } from './report/test/results.ts';
import type { SelectionRecord } from './selection.ts';

const statistics = await openStatistics();

const base = plainResult([100, 101, 102]);
const closed = (grossPnl: number, status: 'closed' | 'open' = 'closed'): BacktestResult['trades'][number] => ({
  symbol: 'SYM',
  direction: 'long',
  size: 1,
  entryBar: 0,
  entryTime: base.data.from,
  entryPrice: 100,
  exitBar: 1,
  exitTime: base.data.to,
  exitPrice: 100,
  grossPnl,
  commission: 0,
  status,
});
const rising = plainResult(Array.from({ length: 31 }, (_, day) => 100 + day + (day % 2)));
const wavering = plainResult(Array.from({ length: 31 }, (_, day) => 100 + (day % 3)));
const record: SelectionRecord = {
  format: 1,
  dataHash: base.data.hash,
  strategyVersion: base.strategy.version,
  trials: 9,
  psr: 0.9,
  dsr: 0.5,
  pbo: null,
  walkForwardEfficiency: null,
  trackRecordMin: null,
};

test.each<{ name: string; badge: string; run: BacktestResult; selection?: SelectionRecord; there: boolean }>([
  {
    name: 'without its best trade it loses',
    badge: 'one trade makes it',
    run: { ...base, trades: [closed(9), closed(2), closed(-5)] },
    there: true,
  },
  {
    name: 'without its best trade it still wins',
    badge: 'one trade makes it',
    run: { ...base, trades: [closed(9), closed(6), closed(-5)] },
    there: false,
  },
  { name: 'it loses anyway', badge: 'one trade makes it', run: { ...base, trades: [closed(1), closed(2), closed(-5)] }, there: false },
  { name: 'one winner alone is few trades', badge: 'one trade makes it', run: { ...base, trades: [closed(9)] }, there: false },
  {
    name: 'open trades do not count',
    badge: 'one trade makes it',
    run: { ...base, trades: [closed(9), closed(2), closed(-5, 'open')] },
    there: false,
  },
  { name: 'it goes up and down', badge: 'could be luck', run: wavering, there: true },
  { name: 'it rises', badge: 'could be luck', run: rising, there: false },
  { name: 'too few returns to say', badge: 'could be luck', run: base, there: false },
  { name: 'nothing is known of the search', badge: 'overfit', run: base, there: false },
  { name: 'DSR too low', badge: 'overfit', run: base, selection: record, there: true },
  { name: 'DSR high enough', badge: 'overfit', run: base, selection: { ...record, dsr: 0.96 }, there: false },
])('$badge: $name', ({ badge, run, selection, there }) => expect(badgesOf(run, statistics, selection).includes(badge)).toBe(there));
