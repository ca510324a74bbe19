import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import { readable } from './readable.ts';

describe('numbers in the text of an alert', () => {
  test.each([
    {
      name: 'money, with cents',
      text: "The order's notional is $1234567.890000000; the limit is $25000.",
      is: "The order's notional is $1,234,567.89; the limit is $25,000.",
    },
    {
      name: 'percent, to a hundredth',
      text: "The order's risk is 6.234567891 %; the limit is 2 %.",
      is: "The order's risk is 6.23 %; the limit is 2 %.",
    },
    {
      name: 'what differs reads differently',
      text: 'Gross exposure is 100.001234 %; the limit is 100 %.',
      is: 'Gross exposure is 100.001234 %; the limit is 100 %.',
    },
    { name: 'also in dollars', text: 'It is $25000.001; the limit is $25000.', is: 'It is $25,000.001; the limit is $25,000.' },
    {
      name: 'what is not nothing is not written as nothing',
      text: 'The loss is $0.001, which is 0.0004 %.',
      is: 'The loss is $0.001, which is 0.0004 %.',
    },
    { name: 'quantities to the last digit', text: 'Denied: buy 12000 ALDR (OrderRisk)', is: 'Denied: buy 12,000 ALDR (OrderRisk)' },
    {
      name: 'of fractional shares too',
      text: "Ours 1234.500000000, the broker's 1234.123456789.",
      is: "Ours 1,234.5, the broker's 1,234.123456789.",
    },
    { name: 'a negative one', text: "The broker's cash differs by -12345.5", is: "The broker's cash differs by −12,345.5" },
    { name: 'rounding carries', text: 'It is $999.999, once $1000.5.', is: 'It is $1,000, once $1,000.50.' },
    {
      name: 'the end of a sentence is no decimal point',
      text: 'We hold 12000. The limit is $5000.',
      is: 'We hold 12,000. The limit is $5,000.',
    },
    {
      name: 'ids, dates, times, addresses and versions',
      text: 'ticket-1234567.5a s1-1709571600000-ALDR-1 2024-03-04T17:00:00.123Z 127.0.0.1:40000 v1.25000.3 #12000',
      is: 'ticket-1234567.5a s1-1709571600000-ALDR-1 2024-03-04T17:00:00.123Z 127.0.0.1:40000 v1.25000.3 #12000',
    },
    { name: 'codes of a broker', text: 'Refused with 42210000: account 123456789.', is: 'Refused with 42210000: account 123456789.' },
    { name: 'leading noughts are no number', text: 'buy 00012000 of it', is: 'buy 00012000 of it' },
    { name: 'what is grouped already', text: 'It is $1,234,567.89 and 12,000 shares.', is: 'It is $1,234,567.89 and 12,000 shares.' },
    { name: 'an option’s symbol', text: 'Sold 3 of AAPL260116C00250000 at $1.050000000', is: 'Sold 3 of AAPL260116C00250000 at $1.05' },
    { name: 'nothing', text: '', is: '' },
  ])('$name', ({ text, is }) => {
    expect(readable(text)).toBe(is);
  });

  const units = fc.bigInt({ min: 0n, max: 10n ** 24n });

  test('a second reading changes nothing, whatever the first saw', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 12 }),
      units.map((each) => `$${format(each as Quantity)}`),
      units.map((each) => `${format(each as Quantity)} %`),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const once = readable(parts.join(' '));
        expect(readable(once)).toBe(once);
      }),
    );
  });

  test('a quantity loses no digit, and money at most what is below a cent', () => {
    fc.assert(
      fc.property(units, (each) => {
        const exact = format(each as Quantity);
        expect(readable(`buy ${exact} of it`).replaceAll(',', '')).toBe(`buy ${exact} of it`);
        const shown = Number(readable(`$${exact}`).replaceAll(/[$,]/gu, ''));
        expect(Math.abs(shown - Number(exact))).toBeLessThanOrEqual(0.005 + Number(exact) * 1e-12);
      }),
    );
  });
});
