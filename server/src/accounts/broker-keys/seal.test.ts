import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hintOf, parsePair } from './key-pair.ts';
import { KeysRefused, parseMasterKey } from './master-key.ts';
import { NONCE_BYTES, seal, unseal } from './seal.ts';
import type { KeyPair, KeyPlace } from './seal.ts';

const HEX = '8f1d0c2b3a49586776859403a1b2c3d4e5f60718293a4b5c6d7e8f9001122334';
const master = parseMasterKey(HEX);
const other = parseMasterKey(HEX.replaceAll('8', '1'));
const LIVE: KeyPlace = { mode: 'live', host: 'api.alpaca.markets' };
const PAIR: KeyPair = { keyId: 'AKPLANTEDKEYID000001', secret: 'planted/Secret+0123456789' };
const nonce = (fill: number): Buffer => Buffer.alloc(NONCE_BYTES, fill);
const part = fc.string({ unit: fc.constantFrom(...'ABCxyz019+/'.split('')), minLength: 8, maxLength: 60 });
const pair = fc.record({ keyId: part, secret: part });

describe('a sealed pair', () => {
  test('opens to what it was, and its text tells neither part', () => {
    fc.assert(
      fc.property(pair, fc.uint8Array({ minLength: NONCE_BYTES, maxLength: NONCE_BYTES }), (given, bytes) => {
        const text = seal(given, LIVE, master, Buffer.from(bytes));
        expect(unseal(text, LIVE, master)).toEqual(given);
        expect(text).not.toContain(given.secret);
        expect(text).not.toContain(given.keyId);
      }),
    );
  });

  test('is another text under another nonce', () =>
    expect(seal(PAIR, LIVE, master, nonce(1))).not.toBe(seal(PAIR, LIVE, master, nonce(2))));

  test.each<[string, KeyPlace, typeof master, RegExp]>([
    ['with another master key', LIVE, other, new RegExp(`sealed with the master key ${master.id}.*is ${other.id}`)],
    ['for the other kind of account', { ...LIVE, mode: 'paper' }, master, /do not open/],
    ['at another host', { ...LIVE, host: 'paper-api.alpaca.markets' }, master, /do not open/],
    ['with another master key of that name', LIVE, { ...other, id: master.id }, /do not open/],
  ])('does not open %s', (_name, place, key, message) => {
    const text = seal(PAIR, LIVE, master, nonce(1));
    expect(() => unseal(text, place, key)).toThrow(KeysRefused);
    expect(() => unseal(text, place, key)).toThrow(message);
  });

  test('does not open when any byte of it was changed', () => {
    const text = seal(PAIR, LIVE, master, nonce(1));
    const [header = '', id = '', nonceText = '', body = ''] = text.split(':');
    const flipped = (part: string, at: number): string => {
      const bytes = Buffer.from(part, 'base64url');
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes.toString('base64url');
    };
    const size = (part: string): number => Buffer.from(part, 'base64url').length;
    const changed = [
      ...Array.from({ length: size(nonceText) }, (_, at) => [header, id, flipped(nonceText, at), body].join(':')),
      ...Array.from({ length: size(body) }, (_, at) => [header, id, nonceText, flipped(body, at)].join(':')),
      [header, id, nonceText, body.slice(0, 20)].join(':'),
      [header, id, nonceText].join(':'),
      [header, id, nonceText, body, 'more'].join(':'),
      ['tmk2', id, nonceText, body].join(':'),
      '',
    ];
    for (const one of changed) expect(() => unseal(one, LIVE, master)).toThrow(KeysRefused);
  });
});

describe('a master key', () => {
  test('is the same as hexadecimal digits, as base64 and as base64 for addresses', () => {
    const bytes = Buffer.from(HEX, 'hex');
    expect(parseMasterKey(bytes.toString('base64')).id).toBe(master.id);
    expect(parseMasterKey(bytes.toString('base64url')).id).toBe(master.id);
    expect(other.id).not.toBe(master.id);
  });

  test.each([undefined, '', 'x', HEX.slice(1), `${HEX}0`, 'g'.repeat(64), '0'.repeat(64), 'ab'.repeat(32)])('%s is none', (text) => {
    expect(() => parseMasterKey(text)).toThrow(KeysRefused);
    if (text !== undefined && text.length > 1) expect(() => parseMasterKey(text)).not.toThrow(text);
  });

  test('prints as nothing', () => expect(JSON.stringify(master)).not.toMatch(/8f1d|jx0M/));
});

describe('a pair of keys as text', () => {
  test.each([
    ['two lines', `${PAIR.keyId}\n${PAIR.secret}\n`],
    ['with blanks and empty lines', `\n  ${PAIR.keyId} \r\n\r\n${PAIR.secret}`],
  ])('%s', (_name, text) => expect(parsePair(text, 'live')).toEqual(PAIR));

  test.each([
    ['nothing', '', 'live'],
    ['one line', PAIR.keyId, 'live'],
    ['three lines', `${PAIR.keyId}\n${PAIR.secret}\nx`, 'live'],
    ['the id twice', `${PAIR.keyId}\n${PAIR.keyId}`, 'live'],
    ['a short secret', `${PAIR.keyId}\nshort`, 'live'],
    ['a secret with a blank', `${PAIR.keyId}\nplanted secret x`, 'live'],
    ['a live key for paper', `${PAIR.keyId}\n${PAIR.secret}`, 'paper'],
    ['a paper key for live', `PKPLANTEDKEYID000001\n${PAIR.secret}`, 'live'],
    ['a key of neither kind', `CKPLANTEDKEYID000001\n${PAIR.secret}`, 'live'],
  ] as const)('%s is refused, and repeated nowhere', (_name, text, mode) => {
    expect(() => parsePair(text, mode)).toThrow(KeysRefused);
    expect(() => parsePair(text, mode)).not.toThrow(/PLANTED|planted/);
  });

  test('is told by six letters', () => expect(hintOf(PAIR)).toBe('AK…0001'));
});
