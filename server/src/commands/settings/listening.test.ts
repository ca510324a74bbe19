import { expect, test } from 'vitest';
import { UsageError } from '../usage.ts';
import { readListening } from './listening.ts';

const TLS = { TIDEMARK_TLS_CERTIFICATE: '/a.pem', TIDEMARK_TLS_KEY: '/a.key' };

test('nothing set is plain HTTP on loopback', () =>
  expect(readListening(undefined, {})).toEqual({ host: undefined, allowedHosts: [], dashboards: [], tls: undefined }));

test('all of it', () =>
  expect(
    readListening('0.0.0.0', {
      ...TLS,
      TIDEMARK_ALLOWED_HOSTS: 'desk.example.com, 10.0.0.5',
      TIDEMARK_DASHBOARD_ORIGINS: 'https://a.example.com, http://localhost:5000, http://[::1]:5000',
    }),
  ).toEqual({
    host: '0.0.0.0',
    allowedHosts: ['desk.example.com', '10.0.0.5'],
    dashboards: ['https://a.example.com', 'http://localhost:5000', 'http://[::1]:5000'],
    tls: { certificateFile: '/a.pem', keyFile: '/a.key' },
  }));

test.each([
  ['a certificate without its key', undefined, { TIDEMARK_TLS_CERTIFICATE: '/a.pem' }, /TIDEMARK_TLS_KEY is not set/],
  ['a key without its certificate', undefined, { TIDEMARK_TLS_KEY: '/a.key' }, /TIDEMARK_TLS_CERTIFICATE is not set/],
  ['the network without TLS', '0.0.0.0', {}, /readable on the way/],
  ['every address without TLS', '::', {}, /readable on the way/],
  ['the network under no name', '0.0.0.0', TLS, /needs TIDEMARK_ALLOWED_HOSTS/],
  ['every origin', undefined, { TIDEMARK_DASHBOARD_ORIGINS: '*' }, /"\*"; it is a list of origins/],
  ['no origin at all', undefined, { TIDEMARK_DASHBOARD_ORIGINS: 'null' }, /"null"/],
  ['an origin with a path', undefined, { TIDEMARK_DASHBOARD_ORIGINS: 'https://desk.example.com/' }, /without a path/],
  ['an origin without TLS', undefined, { TIDEMARK_DASHBOARD_ORIGINS: 'http://desk.example.com' }, /like https:/],
  ['a name for an origin', undefined, { TIDEMARK_DASHBOARD_ORIGINS: 'https://a.example.com,desk.example.com' }, /"desk.example.com"/],
  ['a name with a port', undefined, { TIDEMARK_ALLOWED_HOSTS: 'desk.example.com:4000' }, /without ports/],
])('%s is refused', (_name, host, environment, message) => {
  expect(() => readListening(host, environment)).toThrow(UsageError);
  expect(() => readListening(host, environment)).toThrow(message);
});
