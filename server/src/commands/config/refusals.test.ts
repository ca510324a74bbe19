import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOf } from '../../graphql/test/principals.ts';
import { runCommand } from '../test/run-command.ts';
import type { FileName } from './files.ts';
import { openConfigWorld } from './test/config-world.ts';
import type { ConfigWorld } from './test/config-world.ts';

let world: ConfigWorld;
beforeAll(async () => {
  world = await openConfigWorld('live');
  await world.runningStrategy();
});
afterAll(() => world.close());

const head = (): number => world.api.world.journal.head().seq;
type Files = Partial<Record<FileName, string>>;
const apply = async (files: Files, environment: NodeJS.ProcessEnv = {}) =>
  await world.command(['apply', await world.folderOf(files), '--yes'], environment);

const VERSION = 'f'.repeat(64);
/** What each file says, and which lines name what of it. */
const BAD: readonly (readonly [name: string, files: Files, says: readonly RegExp[]])[] = [
  ['broken YAML', { 'limits.yaml': 'account: {\n' }, [/limits\.yaml:\d+:\d+: /]],
  ['an alias', { 'limits.yaml': 'account: &a {}\nstrategies: *a\n' }, [/limits\.yaml:2:13: aliases are not read/]],
  ['a key twice', { 'users.yaml': 'users: { Tom: viewer, Tom: admin }\n' }, [/users\.yaml:1:23: Map keys must be unique/]],
  ['an unknown key at the top', { 'strategies.yaml': 'strategy: {}\n' }, [/strategies\.yaml:1:1: there is no "strategy"/]],
  [
    'unknown keys, wrong types and values, all at once in all files',
    {
      'strategies.yaml':
        'strategies:\n  Crossing:\n    colour: red\n    allocation: 1.5\n    size: plenty\n    execution: yes\n    enabled: maybe\n    timeframe: 2Day\n    symbols: aldr\n',
      'limits.yaml':
        'account:\n  orderRiskMax: 0.1\n  orderRiskRatioMax: 0.06\n  openPositionsMax: many\n  dailyLossOffRatioMax: -1\nsymbols: { denied: [gme] }\n',
      'users.yaml': 'users: { Tom: owner }\n',
      'alerts.yaml': 'rules: [{ to: [desk], sevrities: [info] }]\n',
    },
    [
      /strategies\.yaml:3:5: there is no "colour" in strategies\.Crossing/,
      /strategies\.yaml:4:17: .*allocation must be above 0 and at most 1, got 1\.5\. Write a fraction/,
      /strategies\.yaml:5:11: .*"plenty" is not a size\. Write "equity:0\.08"/,
      /strategies\.yaml:6:16: .*is one of automatic, recommend, shadow/,
      /strategies\.yaml:7:14: .*is true or false/,
      /strategies\.yaml:8:16: .*is one of 1Min,/,
      /strategies\.yaml:9:14: .*is a list of symbols/,
      /limits\.yaml:2:3: there is no "orderRiskMax" in account/,
      /limits\.yaml:3:22: .*6 % is beyond the compiled ceiling of 5 %, which nobody can raise/,
      /limits\.yaml:4:21: .*"many" is not a whole number/,
      /limits\.yaml:5:25: .*a limit is not negative/,
      /limits\.yaml:6:21: .*"gme" is no symbol/,
      /users\.yaml:1:15: .*is one of viewer, trader, risk-officer, admin/,
      /alerts\.yaml:1:23: there is no "sevrities" in rules\[0\]/,
    ],
  ],
  [
    'a wait without a recommendation',
    { 'strategies.yaml': 'strategies: { Crossing: { waitMinutes: 5 } }\n' },
    [/:1:40: strategies\.Crossing\.waitMinutes: goes with execution: recommend/],
  ],
  [
    'what only the server can know, all at once',
    {
      'strategies.yaml': `strategies:\n  Crossing:\n    symbols: [ALDR, NOPE]\n    parameters: { fast: 0 }\n    version: ${VERSION}\n    timeframe: 1Hour\n  New one:\n    version: ${VERSION}\n    symbols: [ALDR]\n  Other: {}\n`,
      'limits.yaml': 'strategies:\n  Nobody:\n    openOrdersMax: 1\n  New one:\n    openOrdersMax: 1\n',
      'users.yaml': 'users:\n  Nemo: trader\n  Olga: admin\n',
    },
    [
      /strategies\.yaml:3:21: NOPE is not listed here/,
      /strategies\.yaml:5:14: Crossing is version [0-9a-f]{12}…, and a version is not changed/,
      /strategies\.yaml:6:16: Crossing has bars of 1Day, which is not changed/,
      /strategies\.yaml:8:14: no such version is kept here/,
      /strategies\.yaml:10:3: there is no strategy named "Other", and one that is to be made needs a version/,
      /strategies\.yaml:10:3: there is no strategy named "Other", and one that is to be made needs symbols/,
      /limits\.yaml:2:3: there is no strategy named "Nobody"/,
      /users\.yaml:2:3: there is nobody named "Nemo"/,
      /users\.yaml:3:9: Olga is risk officer → admin: roles are given by people/,
    ],
  ],
  [
    'a parameter out of its bounds',
    { 'strategies.yaml': 'strategies:\n  Crossing:\n    parameters: { fast: 0, slow: 9 }\n' },
    [/strategies\.yaml:3:17: .*fast.*0.*a whole number from/],
  ],
  ['a parameter that is none', { 'strategies.yaml': 'strategies: { Crossing: { parameters: { fats: 3 } } }\n' }, [/:1:39: .*fats/]],
  [
    'alert rules where no file of the server is named',
    { 'alerts.yaml': 'group: 30s\n' },
    [/alerts\.yaml: the server reads its rules from a file when it starts\. On its machine, set TIDEMARK_ALERT_RULES/],
  ],
];

test.each(BAD)('%s: nothing is done, and each line says where', async (_name, files, says) => {
  const before = head();
  const { code, out, err } = await apply(files);
  expect([code, out]).toEqual([1, '']);
  for (const line of says) expect(err).toMatch(line);
  expect(err.trimEnd().split('\n')).toHaveLength(says.length);
  expect(head()).toBe(before);
});

test.each<readonly [string, readonly string[], RegExp]>([
  ['a place that is not there', ['nowhere/limits.yaml'], /does not exist/],
  ['a name that says nothing', ['notes.txt'], /has none of the names/],
  ['a folder with nothing for it', ['empty'], /none of strategies\.yaml, limits\.yaml/],
  ['the same file twice', ['twice/users.yaml', '.'], /both hold the same/],
  ['a short reason', ['.', '--reason', 'x'], /3 to 500/],
])('%s is refused', async (_name, [given = '', ...more], says) => {
  const place = await world.folderOf({ 'users.yaml': 'users: {}\n' });
  await mkdir(join(place, 'empty'));
  await mkdir(join(place, 'twice'));
  await writeFile(join(place, 'notes.txt'), '');
  await writeFile(join(place, 'twice', 'users.yaml'), 'users: {}\n');
  const others = more.map((each) => (each === '.' ? place : each));
  const { code, err } = await world.command(['apply', join(place, given), ...others]);
  expect(code).toBeGreaterThan(0);
  expect(err).toMatch(says);
});

describe('who may', () => {
  const TIGHTER = { 'limits.yaml': 'account: { openPositionsMax: 19, orderRiskRatioMax: 0.019 }\n' };

  test('without a key or a name nothing is asked', async () =>
    expect(await apply(TIGHTER, { TIDEMARK_KEY: undefined })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/TIDEMARK_KEY is not set/),
    }));

  test('a key that is none is told so', async () =>
    expect(await apply(TIGHTER, { TIDEMARK_KEY: 'tmk_nobodynobodynobody' })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/[Ll]og in/),
    }));

  test('a wrong password opens nothing', async () => {
    const place = await world.folderOf(TIGHTER);
    const args = ['apply', place, '--yes', '--as', 'Ada', '--server', world.api.server.url];
    expect(await runCommand(args, { lines: ['wrong horse'] })).toMatchObject({ code: 1, out: '' });
    expect(await runCommand(args)).toMatchObject({ code: 2, err: expect.stringMatching(/No answer came/) });
  });

  test('a key that only reads exports, and is refused what it would change, by the server', async () => {
    const { secret } = await keyOf(world.trader, 'trader', { kind: 'service', scopes: ['read'] });
    expect(await world.command(['export', '--out', world.folder], { TIDEMARK_KEY: secret })).toMatchObject({ code: 0 });
    const before = head();
    const { code, out, err } = await apply(TIGHTER, { TIDEMARK_KEY: secret });
    expect([code, out.match(/^REFUSED .*this needs (?:stop|trade)/gm)?.length]).toEqual([1, 2]);
    expect(err).toMatch(/2 of 2 changes were not made/);
    expect(head()).toBe(before);
  });

  test('where nobody can be asked it takes --yes', async () => {
    const place = await world.folderOf(TIGHTER);
    const { code, err } = await world.command(['apply', place]);
    expect([code, err]).toEqual([2, expect.stringMatching(/look at it with --dry-run, then give --yes/)]);
  });
});

test('no file promotes a strategy to a live account, and what is refused keeps the bold rest from being tried', async () => {
  const files = {
    'strategies.yaml': 'strategies: { Crossing: { enabled: true } }\n',
    'limits.yaml': 'account: { openPositionsMax: 21, orderRiskRatioMax: 0.018 }\n',
  };
  const { code, out } = await apply(files);
  expect(code).toBe(1);
  expect(out).toMatch(/^done +limits\.yaml: orderRiskRatioMax/m);
  expect(out).toMatch(/^REFUSED +strategies\.yaml: Crossing: starts to trade: Crossing is not promoted/m);
  expect(out).toMatch(/^not tried +limits\.yaml: openPositionsMax/m);
  // The same files go on from there: what was made is not made again.
  const again = await apply({ 'limits.yaml': files['limits.yaml'] });
  expect([again.code, again.out.match(/^(?:done|waits) .*$/gm)]).toEqual([
    0,
    [expect.stringMatching(/^waits .*openPositionsMax: 20 → 21/)],
  ]);
});

test('an answer that does not come is not known, ends it, and the same files go on', async () => {
  let mutations = 0;
  const proxy = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      mutations += Number(body.includes('answer: setLimit'));
      const headers = { ...request.headers, host: new URL(world.api.server.url).host };
      const to = send(`${world.api.server.url}${request.url ?? ''}`, { method: request.method, headers }, (answer) => {
        // Done, and never told.
        if (body.includes('answer: setLimit') && mutations === 2) request.socket.destroy();
        else answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers));
      });
      to.end(body);
    });
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const { port } = proxy.address() as AddressInfo;
  const place = await world.folderOf({ 'limits.yaml': 'account: { openOrdersMax: 49, openOrdersSymbolMax: 4, orderRateSecondMax: 4 }\n' });
  const environment = { TIDEMARK_KEY: world.key };
  const { code, out } = await runCommand(['apply', place, '--yes', '--server', `http://127.0.0.1:${port}`], { environment });
  proxy.close();
  expect([code, out.split('\n').slice(3, 6)]).toEqual([
    1,
    [expect.stringMatching(/^done /), expect.stringMatching(/^NOT KNOWN /), expect.stringMatching(/^not tried /)],
  ]);
  const again = await world.command(['apply', place, '--yes']);
  expect([again.code, again.out.match(/^done .*$/gm)]).toEqual([0, [expect.stringMatching(/orderRateSecondMax/)]]);
});

test('alert rules go into the file that the server reads, whole, and wait for its start', async () => {
  const target = join(world.folder, 'rules.yaml');
  const environment = { TIDEMARK_ALERT_RULES: target, DESK_URL: 'https://hooks.example.com/planted' };
  const text = '# why\nchannels: { desk: { slack: DESK_URL } }\nrules: [{ to: [desk] }]\n';
  const unset = await apply({ 'alerts.yaml': text }, { TIDEMARK_ALERT_RULES: target });
  expect([unset.code, unset.err]).toEqual([1, expect.stringMatching(/alerts\.yaml: DESK_URL is not set/)]);
  const { code, out, err } = await apply({ 'alerts.yaml': text }, environment);
  expect([code, out]).toEqual([0, expect.stringMatching(/\+ channels:\n.*\+ {3}desk:[\s\S]*^waits .*hold when the server starts again$/m)]);
  expect(out + err).not.toContain('planted');
  expect(await readFile(target, 'utf8')).toBe(text);
  expect((await stat(target)).mode & 0o777).toBe(0o600);
  expect((await apply({ 'alerts.yaml': text }, environment)).out).toMatch(/hold when the server starts again\]\n[\s\S]*Nothing to send/);
});
