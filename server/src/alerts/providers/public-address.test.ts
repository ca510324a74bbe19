import { describe, expect, test } from 'vitest';
import { checkLiteral, guardedLookup, mayReach } from './public-address.ts';

const INTERNAL = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::a00:1',
  'fd00::1',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  '2002:a00:1::1',
  'localhost',
  '',
];
const PUBLIC = ['1.1.1.1', '172.15.255.255', '172.32.0.1', '9.255.255.255', '2606:4700:4700::1111', '::ffff:1.1.1.1'];

describe('an address of a webhook', () => {
  test.each(INTERNAL)('%s is internal', (address) => expect(mayReach(address, false)).toBe(false));
  test.each(PUBLIC)('%s is public', (address) => expect(mayReach(address, false)).toBe(true));
  test.each(['127.0.0.1', '127.1.2.3', '::1'])('%s is this machine where it is meant', (address) =>
    expect(mayReach(address, true)).toBe(true),
  );
  test.each(['10.0.0.1', '1.1.1.1', '0.0.0.0', 'fd00::1'])('%s is not this machine', (address) =>
    expect(mayReach(address, true)).toBe(false),
  );

  test.each(['10.0.0.1', '[::1]', '[fd00::1]', '169.254.169.254'])('%s in the place of a name is refused', (hostname) =>
    expect(() => checkLiteral(hostname, false)).toThrow(/internal/),
  );
  test('a name in its place is looked up later', () => expect(() => checkLiteral('hooks.example.com', false)).not.toThrow());
});

describe('a name', () => {
  const answered = (addresses: readonly string[], all: boolean): Promise<unknown> =>
    new Promise((resolve) => {
      const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      guardedLookup(false, (_hostname, _options, callback) => callback(null, found))('x.example.com', { all }, (error, answer) =>
        resolve(error === null ? answer : error.message),
      );
    });

  test('that leads to public addresses is connected to them', async () => {
    expect(await answered(['1.1.1.1', '8.8.8.8'], false)).toBe('1.1.1.1');
    expect(await answered(['1.1.1.1', '8.8.8.8'], true)).toHaveLength(2);
  });
  test.each([[['10.0.0.1']], [['1.1.1.1', '10.0.0.1']], [['::1']], [[]]])('that leads to %j is refused whole', async (addresses) => {
    expect(await answered(addresses, true)).toMatch(/internal/);
  });
});
