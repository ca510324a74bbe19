import { expect, test } from 'vitest';
import { UsageError } from '../usage.ts';
import { readTracing } from './tracing.ts';

test.each<[string, NodeJS.ProcessEnv, ReturnType<typeof readTracing>]>([
  ['nothing set', {}, undefined],
  ['set to nothing', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
  [
    'a collector',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' },
    { url: 'http://127.0.0.1:4318/v1/traces', serviceName: 'tidemark' },
  ],
  [
    'a collector below a path',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example.com/in/', OTEL_SERVICE_NAME: 'desk' },
    { url: 'https://otel.example.com/in/v1/traces', serviceName: 'desk' },
  ],
  [
    'an address for traces alone counts, as it is',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/traces' },
    { url: 'http://127.0.0.1:4318/traces', serviceName: 'tidemark' },
  ],
])('%s', (_name, environment, settings) => expect(readTracing(environment)).toEqual(settings));

test.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['no address', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' }, /OTEL_EXPORTER_OTLP_ENDPOINT is "collector".*like http/],
  ['another protocol', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'grpc://a:4317' }, /OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is "grpc/],
  ['a password in the address', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:secret@a' }, /OTEL_EXPORTER_OTLP_HEADERS/],
])('%s is refused', (_name, environment, message) => {
  expect(() => readTracing(environment)).toThrow(UsageError);
  expect(() => readTracing(environment)).toThrow(message);
  expect(() => readTracing(environment)).not.toThrow(/secret/);
});
