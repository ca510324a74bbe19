import { createSecretKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { readRecord, signRecord } from './paper-record.ts';
import type { PaperRecord } from './paper-record.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const other = createSecretKey(Buffer.alloc(32, 8));
const RECORD: PaperRecord = {
  version: 'a'.repeat(64),
  configHash: 'b'.repeat(64),
  account: 'PA1',
  strategyId: 'one-1234',
  days: 20,
  decisions: 400,
  differences: 0,
  backtests: 2,
  seq: 9_000,
  head: 'c'.repeat(64),
  madeAt: instantFromMs(1_700_000_000_000),
};

describe('a paper record', () => {
  test('is read as it was signed', () => expect(readRecord(` ${signRecord(RECORD, key)}\n`, key)).toEqual({ ok: true, record: RECORD }));

  test('of another key is refused', () =>
    expect(readRecord(signRecord(RECORD, key), other)).toMatchObject({ ok: false, problem: expect.stringMatching(/TIDEMARK_RECORD_KEY/) }));

  test('of which one character was changed is refused', () => {
    const text = signRecord(RECORD, key);
    for (let at = 0; at < text.length - 1; at += 1) {
      const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
      expect(readRecord(changed, key).ok).toBe(false);
    }
  });

  test.each(['', 'tmkpaper1', 'tmkpaper1..', 'x'.repeat(10_000), `${signRecord(RECORD, key)}.more`])('%.20s is none', (text) =>
    expect(readRecord(text, key).ok).toBe(false),
  );

  test.each([{ days: -1 }, { days: 1.5 }, { version: 'short' }, { account: 'a\nb' }])('%o is not even signed', (change) =>
    expect(() => signRecord({ ...RECORD, ...change }, key)).toThrow(),
  );
});
