import { expect, test } from 'vitest';
import { modelInWords } from '../../agents/runner/model-settings.ts';
import { UsageError } from '../usage.ts';
import { readAgentModel } from './agent-model.ts';

const LOCAL = { TIDEMARK_MODEL_URL: 'http://127.0.0.1:11434/v1/', TIDEMARK_MODEL_NAME: 'local-model' };

test('nothing set is no model', () => {
  expect(readAgentModel({})).toBeUndefined();
  expect(readAgentModel({ TIDEMARK_MODEL_URL: '', TIDEMARK_MODEL_NAME: '' })).toBeUndefined();
});

test('a model on this machine needs an address and a name', () => {
  const settings = readAgentModel(LOCAL);
  expect(settings).toEqual({
    protocol: 'openai',
    baseUrl: 'http://127.0.0.1:11434/v1',
    apiKey: undefined,
    name: 'local-model',
    turnMsMax: 120_000,
    retriesMax: 2,
  });
  expect(modelInWords(settings)).toBe('local-model at 127.0.0.1:11434');
});

test('protocol, key and time of a turn are taken', () =>
  expect(
    readAgentModel({ ...LOCAL, TIDEMARK_MODEL_PROTOCOL: 'anthropic', TIDEMARK_MODEL_KEY: 'planted', TIDEMARK_MODEL_SECONDS: '30' }),
  ).toMatchObject({ protocol: 'anthropic', apiKey: 'planted', turnMsMax: 30_000 }));

test.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['a key alone', { TIDEMARK_MODEL_KEY: 'planted' }, /needs TIDEMARK_MODEL_URL and TIDEMARK_MODEL_NAME/],
  ['another protocol', { ...LOCAL, TIDEMARK_MODEL_PROTOCOL: 'soap' }, /"soap"; it is openai or anthropic/],
  ['no address', { ...LOCAL, TIDEMARK_MODEL_URL: 'planted' }, /TIDEMARK_MODEL_URL is no address/],
  ['a key in the address', { ...LOCAL, TIDEMARK_MODEL_URL: 'https://me:planted@a' }, /give the key in TIDEMARK_MODEL_KEY/],
  ['a key as a parameter', { ...LOCAL, TIDEMARK_MODEL_URL: 'https://a/v1?key=planted' }, /give the key in TIDEMARK_MODEL_KEY/],
  ['a time that is none', { ...LOCAL, TIDEMARK_MODEL_SECONDS: '0' }, /whole number from 1 to 900/],
])('%s is refused, and says no secret', (_name, environment, message) => {
  expect(() => readAgentModel(environment)).toThrow(UsageError);
  expect(() => readAgentModel(environment)).toThrow(message);
  expect(() => readAgentModel(environment)).not.toThrow(/planted/);
});
