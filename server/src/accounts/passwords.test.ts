import { scryptSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashPassword, isOutdated, passwordMatches } from './password-service.ts';

const WORDS = 'four plain words here';
const ARGON2 = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/;

test('a password is kept by Argon2id, salted, with its cost', async () => {
  const [one, two] = await Promise.all([hashPassword(WORDS), hashPassword(WORDS)]);
  expect(one).toMatch(ARGON2);
  expect(one).not.toBe(two);
  expect(isOutdated(one)).toBe(false);
  expect(await passwordMatches(WORDS, one)).toBe(true);
  expect(await passwordMatches(`${WORDS} `, one)).toBe(false);
});

test('what the reference implementation wrote is understood, and would be renewed at today’s cost', async () => {
  const theirs = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  expect(await passwordMatches('password', theirs)).toBe(true);
  expect(await passwordMatches('passwort', theirs)).toBe(false);
  expect(isOutdated(theirs)).toBe(true);
});

test('one that scrypt kept still opens', async () => {
  const salt = Buffer.from('sixteen bytes of');
  const key = scryptSync(WORDS, salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 });
  const old = `scrypt$32768$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`;
  expect(await passwordMatches(WORDS, old)).toBe(true);
  expect(await passwordMatches('five plain words over here', old)).toBe(false);
  expect(isOutdated(old)).toBe(true);
});

test('two ways of typing one text are one password; none at all, and one of endless length, open nothing', async () => {
  const hash = await hashPassword('caf\u00e9 au lait ce matin');
  expect(await passwordMatches('cafe\u0301 au lait ce matin', hash)).toBe(true);
  expect(await passwordMatches(WORDS, null)).toBe(false);
  expect(await passwordMatches('x'.repeat(201), hash)).toBe(false);
});

test.each(['', 'plain', 'scrypt$1$2', '$argon2i$v=19$m=1,t=1,p=1$YQ$YQ'])('%j is no way in which a password is kept', async (hash) => {
  await expect(passwordMatches(WORDS, hash)).rejects.toThrow('Invariant');
});
