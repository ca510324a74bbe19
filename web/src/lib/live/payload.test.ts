import { expect, test } from 'vitest';
import { readablePayload } from './payload.ts';

test.each([
  ['{"$n":"100665075000000"}', '"100665.075"'],
  ['{"$n":"-1"}', '"−0.000000001"'],
  ['{"$n":"8000000000"}', '"8"'],
  ['{"$n":"12a"}', '{\n  "$n": "12a"\n}'],
  ['{"kind":"Marked","price":{"$n":"187420000000"}}', '{\n  "kind": "Marked",\n  "price": "187.42"\n}'],
  ['not json', 'not json'],
])('%s reads %s', (payload, text) => expect(readablePayload(payload)).toBe(text));
