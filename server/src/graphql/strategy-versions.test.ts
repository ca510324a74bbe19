import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { ask, CREATE_STRATEGY } from './test/trading-day.ts';

const SAVE = `mutation ($input: SaveStrategyVersionInput!) { saveStrategyVersion(input: $input) { __typename ... on Error { message }
  ... on StrategyVersionPayload { version name isNew } ... on InvalidInputError { field hint } ... on CompileFailedError { errors { line column } }
  ... on VersionDiffersError { seen compiled } } }`;
const FIND = 'query ($version: String!) { strategyVersion(version: $version) { version name title source savedBy parameters { name } } }';
const LIST = 'query ($name: String!, $first: Int!) { strategyVersions(name: $name, first: $first) { version source } }';

const source = (weight: string, comment = ''): string => `import { Strategy } from 'tidemark';
export default class Always extends Strategy {
  constructor() { super('always', 'Always', 'Holds everything.'); }
  onBar(symbol: i32): void { if (this.position(symbol) == 0) this.target(symbol, ${weight}, 'always'); }${comment}
}`;

const SEEN = 'ab'.repeat(32);

withTestDatabases('versions', (openDatabase) => {
  let api: ApiWorld;
  let half: string;
  const save = (text: string, version: string) => ask(api, SAVE, { input: { source: text, version } });
  /** What the server makes of a text, as its refusal says. */
  const versionOf = async (text: string): Promise<string> => (await save(text, SEEN))['compiled'] as string;
  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
    await api.world.day(100, 100);
  });
  afterAll(() => api.close());

  describe('a text is kept where it makes the bytes that were tested', () => {
    test('another hash is refused with both, and nothing is kept', async () => {
      const answer = await save(source('0.5'), SEEN);
      expect(answer).toMatchObject({ __typename: 'VersionDiffersError', seen: SEEN, compiled: expect.stringMatching(/^[0-9a-f]{64}$/) });
      half = answer['compiled'] as string;
      expect((await api.post(FIND, { version: half })).data).toEqual({ strategyVersion: null });
    });

    test('the same hash keeps it, with who saved it; again, it changes nothing', async () => {
      expect(await save(source('0.5'), half)).toMatchObject({
        __typename: 'StrategyVersionPayload',
        version: half,
        name: 'always',
        isNew: true,
      });
      const found = await ask(api, FIND, { version: half });
      expect(found).toMatchObject({ name: 'always', title: 'Always', source: source('0.5'), savedBy: expect.stringMatching(/^user:./) });
      expect(await save(source('0.5', ' // The same module.'), half)).toMatchObject({ version: half, isNew: false });
      expect(await ask(api, FIND, { version: half })).toEqual(found);
    });

    test('versions of one name are listed, the newest first', async () => {
      const whole = await versionOf(source('1'));
      await save(source('1'), whole);
      const { data } = await api.post(LIST, { name: 'always', first: 20 });
      const versions = data?.['strategyVersions'] as { version: string }[];
      expect(new Set(versions.map(({ version }) => version))).toEqual(new Set([half, whole]));
      expect((await api.post(LIST, { name: 'always', first: 1 })).data?.['strategyVersions']).toHaveLength(1);
      expect((await api.post(LIST, { name: 'always', first: 0 })).errors?.[0]?.message).toContain('first must be 1 to 100');
    });

    test.each([
      ['no hash', source('0.5'), 'abc', { __typename: 'InvalidInputError', field: 'version' }],
      ['a text that does not compile', 'class {', 'ab'.repeat(32), { __typename: 'CompileFailedError' }],
    ])('%s', async (_name, text, version, answer) => expect(await save(text, version)).toMatchObject(answer));
  });

  test('a strategy is made of a version that is kept, and of no other', async () => {
    const input = { name: 'From a version', version: half, symbols: ['ALDR'] };
    expect(await ask(api, CREATE_STRATEGY, { input })).toMatchObject({ strategy: { version: half, template: 'always', state: 'DRAFT' } });
    const other = { ...input, name: 'From nowhere', version: 'ab'.repeat(32) };
    expect(await ask(api, CREATE_STRATEGY, { input: other })).toMatchObject({ __typename: 'InvalidInputError', field: 'version' });
    const both = { ...input, name: 'Both', template: 'sma-crossover' };
    expect(await ask(api, CREATE_STRATEGY, { input: both })).toMatchObject({ __typename: 'InvalidInputError', field: 'source' });
  });
});
