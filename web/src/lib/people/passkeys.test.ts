import { expect, test } from 'vitest';
import { obstacleIn, passkeySentence } from './passkeys.ts';
import type { Surroundings } from './passkeys.ts';

const GOOD: Surroundings = { hostname: 'tidemark.example', port: '', isSecure: true, isSupported: true };

test.each<readonly [string, Partial<Surroundings>, RegExp | undefined]>([
  ['a name with TLS', {}, undefined],
  ['this machine by its name', { hostname: 'localhost', port: ':3000' }, undefined],
  ['this machine by its address', { hostname: '127.0.0.1', port: ':3000' }, /open http:\/\/localhost:3000 /],
  ['this machine by its newer address', { hostname: '[::1]', port: '' }, /open http:\/\/localhost and/],
  ['a name without TLS', { isSecure: false, isSupported: false }, /need https/],
  ['an address with TLS', { hostname: '192.0.2.7' }, /not 192\.0\.2\.7: .* name of its certificate/],
  ['an old browser', { isSupported: false }, /a newer one/],
])('%s', (_name, change, says) => {
  const obstacle = obstacleIn({ ...GOOD, ...change });
  if (says === undefined) expect(obstacle).toBeUndefined();
  else expect(obstacle).toMatch(says);
});

test.each([
  ['NotAllowedError', /cancelled/],
  ['InvalidStateError', /already/],
  ['ConstraintError', /PIN/],
  ['constructor', /Try again/],
  ['UnknownError', /Try again/],
])('%s is said in plain words', (name, says) => expect(passkeySentence({ name })).toMatch(says));
