import { hashSeries } from '../../../../compute/host/backtest.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf, hashBars } from './bars.ts';

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const told = fc.record({
  t: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((at) => at.toISOString()),
  o: number,
  h: number,
  l: number,
  c: number,
  v: number,
});

test('bars that came as JSON have the hash that the server gives its own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(told, { maxLength: 20 }), async (bars) => {
      // −0 is the one number that JSON does not carry, and no price or volume is.
      const plain = bars.map(({ t, ...numbers }) => ({ t, ...mapValues(numbers, (value) => (value === 0 ? 0 : value)) }));
      const arrived = columnsOf(JSON.parse(JSON.stringify(plain)) as typeof plain);
      expect(await hashBars('AAPL', arrived)).toBe(hashSeries([{ symbol: 'AAPL', bars: columnsOf(plain) }]));
    }),
    { numRuns: 50 },
  );
});

type Numbers = Readonly<Record<'o' | 'h' | 'l' | 'c' | 'v', number>>;
const mapValues = ({ o, h, l, c, v }: Numbers, change: (value: number) => number): Numbers => ({
  o: change(o),
  h: change(h),
  l: change(l),
  c: change(c),
  v: change(v),
});
