import { expect, test } from 'vitest';
import { entriesCsv, jsonLines, placeOf } from './entries.ts';

const ENTRY = {
  id: 'x',
  seq: 7,
  at: '2024-03-04T15:00:00Z',
  writtenAt: '2024-03-04T15:00:01Z',
  kind: 'LimitChanged',
  type: 'fact',
  actor: 'user:ada',
  cause: null,
  hash: 'b',
  previousHash: 'a',
  payload: '{"amount":{"$n":"1000000000"},"text":"a,b"}',
};

test('a line of JSON holds the entry, and the payload as it was written', () => {
  const text = jsonLines([ENTRY, { ...ENTRY, seq: 8 }]);
  const lines = text.split('\n');
  expect(lines).toHaveLength(3);
  const read = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  expect(read).toMatchObject({ seq: 7, cause: null, hash: 'b', previousHash: 'a', payload: ENTRY.payload });
  expect(jsonLines([])).toBe('');
});

test('CSV quotes the payload', () => {
  expect(entriesCsv([ENTRY]).split('\r\n')[1]).toBe(
    '7,2024-03-04T15:00:00Z,2024-03-04T15:00:01Z,LimitChanged,fact,user:ada,,b,a,"{""amount"":{""$n"":""1000000000""},""text"":""a,b""}"',
  );
});

test.each([
  { written: '1,234', place: { seq: 1234 } },
  { written: '2024-03-04', place: { at: '2024-03-04T23:59:59.000Z' } },
  { written: '2024-03-04 15:30', place: { at: '2024-03-04T15:30:00.000Z' } },
  { written: '2024-03-04T15:30:10Z', place: { at: '2024-03-04T15:30:10.000Z' } },
  { written: '2024-02-31', place: undefined },
  { written: '2024-13-01', place: undefined },
  { written: 'yesterday', place: undefined },
  { written: '', place: undefined },
  { written: '-5', place: undefined },
])('the place “$written”', ({ written, place }) => expect(placeOf(written)).toEqual(place));
