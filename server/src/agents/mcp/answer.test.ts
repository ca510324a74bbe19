import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FENCE, PAGE_LENGTH, pageCountOf, summaryOf, textOfPage, textOfSummary } from './answer.ts';
import { shapeOf } from './shape.ts';

const WHOLE = 'tidemark://result/x/1/e30';
const rows = (count: number): object[] =>
  Array.from({ length: count }, (_, at) => ({ id: `order-${at}`, price: `${100 + at}.25`, reason: 'because' }));

describe('a summary', () => {
  test('is the answer itself where that is short', () => {
    const value = { orders: { items: rows(3) } };
    expect(summaryOf(value, WHOLE)).toBe(value);
  });

  test('cuts the longest list, and says which, and where the whole is', () => {
    const { orders, few, shortened, whole } = summaryOf({ orders: { items: rows(400) }, few: [1, 2] }, WHOLE);
    const { items } = orders as { items: unknown[] };
    expect(items.length).toBeGreaterThan(20);
    expect(items).toEqual(rows(items.length));
    expect(few).toEqual([1, 2]);
    expect(shortened).toBe(`orders.items: ${items.length} of 400`);
    expect(whole).toBe(WHOLE);
  });

  test('ends long texts early', () => {
    const { source, shortened } = summaryOf({ source: 'x'.repeat(5_000) }, WHOLE);
    expect(source).toBe(`${'x'.repeat(600)}… (4400 characters more)`);
    expect(shortened).toBe('long texts end early');
  });

  test('keeps a long text whole where there is room for it', () => {
    const value = { strategy: { source: 'let x: f64 = 1;\n'.repeat(200) } };
    expect(summaryOf(value, WHOLE)).toBe(value);
  });

  test('has below 2,000 tokens, whatever there is', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 300 })), (value) => {
        const text = textOfSummary(summaryOf(value, WHOLE));
        expect(encode(text).length).toBeLessThan(2_000);
      }),
      { numRuns: 60 },
    ));

  test.each([
    { name: 'digits', value: { items: Array.from({ length: 3_000 }, (_, at) => (at * 7_919) % 1_000_003) } },
    { name: 'another script', value: { items: Array.from({ length: 500 }, () => '東京の価格は上がる、そして下がる') } },
    { name: 'hidden characters made visible', value: { items: Array.from({ length: 500 }, () => '\\u{200B}\\u{E0041}') } },
    { name: 'hashes', value: { items: Array.from({ length: 300 }, (_, at) => `${at}`.padStart(64, 'a1f0')) } },
  ])('has below 2,000 tokens of $name', ({ value }) => expect(encode(textOfSummary(summaryOf(value, WHOLE))).length).toBeLessThan(2_000));
});

test('pages put together are the whole', () => {
  const json = JSON.stringify(rows(900));
  const pages = Array.from({ length: pageCountOf(json) }, (_, at) => textOfPage(json, at + 1, 'h'));
  expect(pages.length).toBe(Math.ceil(json.length / PAGE_LENGTH));
  expect(pages.every((page) => page.startsWith(`${FENCE}\nPage `))).toBe(true);
  expect(pages.map((page) => page.split('\n').slice(2).join('\n')).join('')).toBe(json);
});

describe('the shape of an answer', () => {
  test('pages are items and what comes next; null is left out', () =>
    expect(
      shapeOf({
        orders: { pageInfo: { hasNextPage: true, endCursor: 'c' }, edges: [{ node: { id: 'a', price: null, __typename: 'Order' } }] },
        run: null,
      }),
    ).toEqual({ ok: true, value: { orders: { items: [{ id: 'a' }], next: 'c' } } }));

  test.each([
    {
      name: 'a wrong field',
      data: { setLimit: { __typename: 'InvalidInputError', message: 'There is no limit "x".', field: 'name', hint: 'Look at limits.' } },
      message: 'There is no limit "x". Field: name Look at limits.',
    },
    {
      name: 'a source that does not compile',
      data: {
        a: {
          __typename: 'CompileFailedError',
          message: 'The source has an error.',
          errors: [{ line: 3, column: 7, message: 'expected ;' }],
        },
      },
      message: 'The source has an error. Line 3, column 7: expected ;',
    },
    {
      name: 'an unknown outcome',
      data: { a: { __typename: 'UnavailableError', message: 'The engine is away.', outcome: 'UNKNOWN' } },
      message: 'The engine is away. It is not known whether it was done: look before you ask again.',
    },
    {
      name: 'nothing beside empty lists',
      data: { order: null, journal: { edges: [] }, limits: [] },
      message: 'There is no such thing. Look for its id in a list first.',
    },
    { name: 'nothing', data: { run: null, sweep: null }, message: 'There is no such thing. Look for its id in a list first.' },
  ])('$name is said in words', ({ data, message }) => expect(shapeOf(data)).toMatchObject({ ok: false, refusal: { message } }));
});
