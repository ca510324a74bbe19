import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode } from './codec.ts';

class Sealed {
  readonly quantity = 5n;
  readonly symbol = 'AAPL';
}

describe('encode', () => {
  test.each([
    { name: 'keys in order, whatever their order was', value: { b: 1, a: { d: 2, c: 3 } }, text: '{"a":{"c":3,"d":2},"b":1}' },
    { name: 'bigints tagged', value: { n: -123456789012345678901234567890n }, text: '{"n":{"$n":"-123456789012345678901234567890"}}' },
    { name: 'absent fields left out', value: { a: undefined, b: null }, text: '{"b":null}' },
    { name: 'class instances by their fields', value: new Sealed(), text: '{"quantity":{"$n":"5"},"symbol":"AAPL"}' },
    { name: 'doubles shortest', value: [0.1, 1e300, 5e-324, 1_700_000_000_123], text: '[0.1,1e+300,5e-324,1700000000123]' },
    { name: 'strings escaped', value: 'a"\\\n\u2028\u0000\ud800', text: '"a\\"\\\\\\n\u2028\\u0000\\ud800"' },
  ])('$name', ({ value, text }) => expect(encode(value)).toBe(text));

  test.each([
    { name: 'NaN', value: { a: [Number.NaN] }, why: /NaN at \.a\[0\]/ },
    { name: 'infinity', value: Number.POSITIVE_INFINITY, why: /Infinity at its root/ },
    { name: 'negative zero', value: { price: -0 }, why: /-0 at \.price/ },
    { name: 'a Map', value: { m: new Map() }, why: /a Map at \.m/ },
    { name: 'a Set', value: new Set(), why: /a Set/ },
    { name: 'a Date', value: { d: new Date(0) }, why: /a Date/ },
    { name: 'a typed array', value: new Float64Array(1), why: /a Float64Array/ },
    { name: 'a function', value: { f: () => 1 }, why: /function at \.f/ },
    { name: 'undefined in a list', value: [undefined], why: /undefined at \[0\]/ },
    { name: 'the tag of bigints', value: { $n: '1' }, why: /\$n/ },
  ])('refuses $name, and says where', ({ value, why }) => {
    expect(() => encode(value)).toThrow(/^Invariant: /);
    expect(() => encode(value)).toThrow(why);
  });

  test('refuses what refers to itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(() => encode(loop)).toThrow(/more than 64 levels/);
  });
});

const payload = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '$n'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;

test('decode gives back what encode took, and the text is canonical', () => {
  fc.assert(
    fc.property(payload, (value) => {
      const text = encode(value);
      expect(encode(decode(text))).toBe(text);
      expect(encode(JSON.parse(text.replaceAll(/\{"\$n":"(-?\d+)"\}/g, '"bigint $1"')))).toBe(
        text.replaceAll(/\{"\$n":"(-?\d+)"\}/g, '"bigint $1"'),
      );
    }),
  );
  expect(decode(encode({ n: 5n, list: [1n, { deep: -2n }], text: '5' }))).toEqual({ n: 5n, list: [1n, { deep: -2n }], text: '5' });
});
