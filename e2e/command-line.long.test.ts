import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenPath } from '../compute/host/golden-backtests.ts';
import type { BacktestResult } from '../compute/host/types.ts';
import { instant } from '../server/src/money/instant.ts';
import { openEmbeddedJournal } from '../server/src/journal/embedded.ts';
import { root, run, start, temporaryFolder } from './product.ts';

const AAPL = goldenPath('data/AAPL_daily_splitadj_2013_2018.csv');
const COMMANDS = [
  'serve',
  'import',
  'fetch',
  'indicators',
  'compile',
  'backtest',
  'report',
  'exchange',
  'verify',
  'replay',
  'backup',
  'restore',
  'keys',
  'drill',
  'doctor',
  'mcp',
];
const ONE_SENTENCE = /^tidemark: [^\n]+\n$/;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

async function file(name: string, text: string): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, text);
  return path;
}

const alone = {
  DATABASE_URL: undefined,
  APCA_API_KEY_ID: undefined,
  APCA_API_SECRET_KEY: undefined,
  TIDEMARK_MASTER_KEY: undefined,
};

describe.concurrent('help', () => {
  test.each(COMMANDS)('%s shows examples', async (command) => {
    const { code, out, err } = await run([command, '--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Usage: tidemark ${command}`);
    expect(out).toMatch(new RegExp(`Examples:\\n(?:  .*\\n)*?  (?:\\S+=\\S+ )*tidemark ${command}`));
  });

  test('tidemark alone and --help name every command; --version the version', async () => {
    const { out } = await run(['--help']);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(await run(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' });
  });
});

describe.concurrent('wrong usage: exit 2, a sentence that names what is wrong, nothing on stdout', () => {
  const backtest = ['backtest', '--strategy', 'sma-crossover', '--csv', AAPL];
  const cases: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [[], /Usage: tidemark/],
    [['conquer'], /unknown command 'conquer'/],
    [['--frobnicate'], /unknown option '--frobnicate'/],
    [['import', '--timeframe', '1Day'], /'--csv <file>' not specified/],
    [['import', '--csv', 'x.csv', '--timeframe', '2Day'], /--timeframe.*2Day.*one of 1Min, 5Min/],
    [['import', '--csv', 'x.csv', '--timeframe', '1Day', '--adjustment', 'some'], /--adjustment.*raw, split, all/],
    [['import', '--csv', 'x.csv', '--timeframe', '1Day', '--on-bad', 'cry'], /--on-bad.*fail, skip/],
    [['fetch', '--symbols', 'aapl', '--timeframe', '1Day', '--from', '2016-01-01'], /"aapl" is not a symbol/],
    [['fetch', '--symbols', 'AAPL', '--timeframe', '1Day', '--from', 'yesterday'], /"yesterday" is not a time/],
    [['fetch', '--symbols', 'AAPL', '--timeframe', '1Day', '--from', '2016-01-01', '--exchange', 'nyse'], /--exchange is "nyse"/],
    [['fetch', '--symbols', 'AAPL', '--timeframe', '1Day', '--from', '2016-01-01', '--exchange', 'alpaca-paper'], /APCA_API_KEY_ID/],
    [
      ['fetch', '--symbols', 'AAPL', '--timeframe', '1Day', '--from', '2016-01-01', '--exchange-url', 'ftp://x'],
      /--exchange-url is "ftp:\/\/x"/,
    ],
    [['indicators', '--csv', 'x.csv'], /'--spec <file>' not specified/],
    [['indicators', '--csv', 'x.csv', '--spec', 'y', '--on-bad', 'x'], /--on-bad/],
    [['compile'], /missing required argument 'strategy'/],
    [['compile', 'a', 'b'], /too many arguments/],
    [['backtest', '--csv', AAPL], /'--strategy <name\|file>' not specified/],
    [[...backtest, '--turbo'], /unknown option '--turbo'/],
    [[...backtest, 'extra'], /too many arguments/],
    [[...backtest, '--cash', 'lots'], /--cash is "lots"; it must be a number/],
    [[...backtest, '--fill', 'later'], /--fill is "later"; it must be next-open or same-close/],
    [[...backtest, '--from', '2020-02-30'], /--from is "2020-02-30"/],
    [[...backtest, '--from', '2018-01-01', '--to', '2017-01-01'], /--from .*after/],
    [[...backtest, '--size', 'huge'], /size.*units:100/],
    [[...backtest, '--param', 'fast'], /name=value/],
    [[...backtest, '--deadline', 'never'], /--deadline.*never/],
    [['report', 'run.json'], /'--out <file>' not specified/],
    [['exchange', '--port', '99999'], /--port.*99999.*65535/],
    [['exchange', '--mode', 'magic'], /--mode is "magic"/],
    [['exchange', '--speed', '-1'], /--speed.*-1/],
    [['serve', '--roles', 'api'], /role engine.*DATABASE_URL/],
    [['serve', '--exchange', 'alpaca-live'], /PostgreSQL: set DATABASE_URL/],
    [['doctor', '--port', 'x'], /--port.*x/],
    [['mcp', '--server', 'http://elsewhere.example'], /--server.*https/],
  ];

  test.each(cases)('%j', async (args, says) => {
    const { code, out, err } = await run(args, alone);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(says);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

const LINES = [
  "import { Strategy, Parameter, choice, integer } from 'tidemark';",
  '',
  'export default class Mine extends Strategy {',
  "  private how: Parameter = choice('how', ['well', 'loop', 'trap', 'nan'], 'How.');",
  "  private days: Parameter = integer('days', 3, 1, 10, 'Days.');",
  '  private bars: i32 = 0;',
  "  constructor() { super('mine', 'Mine', 'Of a test.'); }",
  '  onBar(symbol: i32): void {',
  '    this.bars += 1;',
  "    if (this.how.is('loop')) { while (this.bars >= 0) this.bars = this.bars & 1023; }",
  "    if (this.how.is('trap')) throw new Error('planned failure');",
  "    if (this.how.is('nan')) this.target(symbol, 0.0 / (this.bar(symbol).volume * 0.0), 'nan');",
  "    if (this.bars == this.days.int) this.target(symbol, 1, 'in');",
  '  }',
  '}',
];

describe('a strategy of the author', () => {
  let source: string;
  beforeAll(async () => {
    source = await file('mine.ts', LINES.join('\n'));
  });
  const backtest = (...flags: string[]) => run(['backtest', '--strategy', source, '--csv', AAPL, '--json', ...flags]);

  test('source, module and backtest have one version', async () => {
    const out = join(folder.path, 'mine.wasm');
    const compiled = await run(['compile', source, '--out', out, '--json']);
    expect([compiled.code, compiled.err]).toEqual([0, '']);
    const { version, name, parameters } = JSON.parse(compiled.out) as { version: string; name: string; parameters: { name: string }[] };
    expect(version).toMatch(/^[0-9a-f]{64}$/);
    expect([name, parameters.map((each) => each.name)]).toEqual(['mine', ['how', 'days']]);
    const bytes = await readFile(out);
    expect(Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')).toBe(version);
    const ofSource = JSON.parse((await backtest()).out) as BacktestResult;
    const ofModule = JSON.parse((await run(['backtest', '--strategy', out, '--csv', AAPL, '--json'])).out) as BacktestResult;
    expect(ofSource.strategy).toEqual({ name: 'mine', version, parameters: { how: 'well', days: 3 } });
    expect(ofModule).toEqual(ofSource);
    expect((await run(['compile', out])).out).toContain(version);
  });

  test('a built-in has the version that its backtest names', async () => {
    const { version } = JSON.parse((await run(['compile', 'sma-crossover', '--json'])).out) as { version: string };
    const result = JSON.parse((await run(['backtest', '--strategy', 'sma-crossover', '--csv', AAPL, '--json'])).out) as BacktestResult;
    expect(result.strategy.version).toBe(version);
  });

  test.each(['compile', 'backtest'] as const)('%s: an error stands in the author’s file, line and column', async (command) => {
    const broken = await file(`broken-${command}.ts`, LINES.join('\n').replace("1, 'in'", '1, missing'));
    const { code, out, err } = await run(command === 'compile' ? ['compile', broken] : ['backtest', '--strategy', broken, '--csv', AAPL]);
    expect([code, out]).toEqual([1, '']);
    const column = (LINES[12] ?? '').indexOf("'in'") + 1;
    expect(err).toMatch(new RegExp(`broken-${command}\\.ts:13:${column} .*missing`));
    expect(err).not.toMatch(/^\s+at /m);
  });

  test.each([
    { flags: ['--param', 'how=loop', '--deadline', '2'], says: /longer than 2 s/ },
    { flags: ['--param', 'how=trap'], says: /planned failure/ },
    { flags: ['--param', 'how=nan'], says: /exposure must be between -1 and 1/ },
    { flags: ['--param', 'speed=1'], says: /speed.*its parameters are how, days/ },
    { flags: ['--param', 'days=11'], says: /days.*from 1 to 10/ },
    { flags: ['--param', 'days=2.5'], says: /days.*a whole number/ },
    { flags: ['--param', 'how=badly'], says: /how.*well or loop or trap or nan/ },
    { flags: ['--from', '2030-01-01'], says: /no bars from --from to --to/ },
    { flags: ['--symbol', 'NOPE'], says: /NOPE/ },
  ])('$flags: exit 1 and one sentence', async ({ flags, says }) => {
    const { code, out, err } = await backtest(...flags);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(ONE_SENTENCE);
    expect(err).toMatch(says);
  });

  test.each([
    [['compile', 'turtle'], /There is no strategy "turtle": give .*sma-crossover/],
    [['backtest', '--strategy', 'turtle', '--csv', AAPL], /There is no strategy "turtle"/],
    [['compile', '/nowhere/mine.ts'], /\/nowhere\/mine\.ts cannot be read/],
    [['backtest', '--strategy', 'sma-crossover', '--csv', '/nowhere.csv'], /\/nowhere\.csv/],
    [['indicators', '--csv', AAPL, '--spec', '/nowhere.json'], /\/nowhere\.json/],
    [['report', '/nowhere.json', '--out', '/tmp/never.html'], /\/nowhere\.json does not exist/],
    [['verify', '--data-dir', '/nowhere'], /\/nowhere\/journal does not exist/],
  ] as const)('%j', async (args, says) => {
    const { code, out, err } = await run(args, alone);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(ONE_SENTENCE);
    expect(err).toMatch(says);
  });
});

describe('report', () => {
  let printed: string;
  beforeAll(async () => {
    ({ out: printed } = await run(['backtest', '--strategy', 'sma-crossover', '--csv', AAPL, '--size', 'units:100', '--json']));
  });

  test('one HTML file, the same for the same run', async () => {
    const runFile = await file('run.json', printed);
    const [first, second] = [join(folder.path, 'one.html'), join(folder.path, 'two.html')];
    for (const out of [first, second]) {
      const done = await run(['report', runFile, '--csv', AAPL, '--title', 'A <script> & more', '--out', out]);
      expect(done).toEqual({ code: 0, out: `${out}\n`, err: '' });
    }
    const html = await readFile(first, 'utf8');
    expect(html).toBe(await readFile(second, 'utf8'));
    const { strategy } = JSON.parse(printed) as BacktestResult;
    expect(html).toContain(strategy.version);
    expect(html).toContain('A &lt;script&gt; &amp; more');
    expect(html).not.toMatch(/(?:src|href)="https?:/);
  });

  test('bars that are not the run’s are told of', async () => {
    const other = await file('other.csv', (await readFile(AAPL, 'utf8')).replace('2013-05-14T00:00:00Z', '2013-05-14T00:00:01Z'));
    const runFile = await file('run.json', printed);
    const { code, err } = await run(['report', runFile, '--csv', other, '--out', join(folder.path, 'three.html')]);
    expect(code).toBe(0);
    expect(err).toMatch(/these are not the bars of the run/);
  });

  test.each([
    { name: 'text', text: 'hello', says: /is not JSON/ },
    { name: 'empty', text: '{}', says: /field strategy/ },
    { name: 'list', text: '[]', says: /expected object/ },
  ])('a file that is no run: $name', async ({ name, text, says }) => {
    const runFile = await file(`${name}.json`, text);
    const { code, err } = await run(['report', runFile, '--out', join(folder.path, 'never.html')]);
    expect(code).toBe(1);
    expect(err).toMatch(ONE_SENTENCE);
    expect(err).toMatch(says);
    expect(err).toContain(`${name}.json`);
  });

  test('names the field that is wrong', async () => {
    const result = JSON.parse(printed) as BacktestResult;
    const runFile = await file('wrong.json', JSON.stringify({ ...result, trades: [{ ...result.trades[0], entryPrice: 'cheap' }] }));
    const { code, err } = await run(['report', runFile, '--out', join(folder.path, 'never.html')]);
    expect(code).toBe(1);
    expect(err).toMatch(/wrong\.json, field trades\[0\]\.entryPrice: .*expected number/);
  });
});

describe('verify', () => {
  async function journalIn(name: string): Promise<string> {
    const dataDir = join(folder.path, name);
    const journal = await openEmbeddedJournal({ dir: join(dataDir, 'journal') });
    const draft = { kind: 'Noted', type: 'event', at: instant('2024-01-02'), actor: 'test', cause: undefined } as const;
    for (let index = 0; index < 5; index += 1) await journal.append([{ ...draft, payload: { index, text: 'sound' } }]);
    await journal.close();
    return dataDir;
  }

  test('a sound journal', async () => {
    const dataDir = await journalIn('sound');
    const { code, out, err } = await run(['verify', '--data-dir', dataDir, '--json'], alone);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({ ok: true, entries: 5, head: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test('one changed letter is found, with its entry', async () => {
    const dataDir = await journalIn('changed');
    const path = join(dataDir, 'journal', '0000000000000001.journal');
    const bytes = await readFile(path, 'latin1');
    const third = bytes.indexOf('"index":2');
    await writeFile(path, `${bytes.slice(0, third)}${bytes.slice(third).replace('sound', 'found')}`, 'latin1');
    const { code, err } = await run(['verify', '--data-dir', dataDir], alone);
    expect(code).toBe(1);
    expect(err).toMatch(/is damaged at entry 3: /);
  });
});

describe('doctor', () => {
  interface Told {
    readonly ok: boolean;
    readonly findings: readonly { readonly part: string; readonly ok: boolean; readonly detail: string; readonly mend?: string }[];
  }
  const doctor = async (dataDir: string, environment: NodeJS.ProcessEnv = {}, port = 0) => {
    const { code, out } = await run(['doctor', '--data-dir', dataDir, '--port', String(port), '--json'], { ...alone, ...environment });
    return { code, out, told: JSON.parse(out) as Told };
  };
  const wrong = ({ findings }: Told): string[] => findings.filter(({ ok }) => !ok).map(({ part }) => part);

  test('nothing yet: every part of the program is there', async () => {
    const { code, told } = await doctor(join(folder.path, 'fresh'));
    expect([code, wrong(told)]).toEqual([0, []]);
    expect(told.findings.map(({ part }) => part)).toEqual([
      'Tidemark',
      'Node',
      'compute core',
      'dashboard',
      'data directory',
      'database',
      'port',
      'keys',
      'master key',
      'alerts',
    ]);
    await expect(stat(join(folder.path, 'fresh'))).rejects.toThrow('ENOENT');
  });

  test('what is wrong is said with how to mend it, and keys are never printed', async () => {
    const dataDir = join(folder.path, 'ill');
    await mkdir(dataDir);
    await chmod(dataDir, 0o755);
    await writeFile(join(dataDir, 'VERSION'), '99\n');
    const busy = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => {
      busy.once('listening', resolve);
    });
    const { port } = busy.address() as AddressInfo;
    const environment = { APCA_API_KEY_ID: 'KEY-OF-MINE', DATABASE_URL: 'postgres://tidemark:hush@127.0.0.1:1/tidemark' };
    const { code, out, told } = await doctor(dataDir, environment, port);
    busy.close();
    expect([code, wrong(told)]).toEqual([1, ['data directory', 'permissions', 'database', 'port', 'keys']]);
    for (const { ok, mend } of told.findings) expect(ok).toBe(mend === undefined);
    expect(out).not.toMatch(/KEY-OF-MINE|hush/);
  });
});

/** A shell's pipeline: fails with the first program that fails. */
async function pipeline(command: string): Promise<{ code: number | null; err: string; out: string }> {
  const child = spawn('bash', ['-c', `set -o pipefail; ${command}`], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

describe('a good citizen of the shell', () => {
  const node = `"${process.execPath}" server/src/cli.ts`;

  test('a reader that has seen enough ends the command quietly', async () => {
    const spec = await file('spec.json', '[{"column":"SMA_30","indicator":"SMA","parameters":{"timeperiod":30}}]');
    const long = goldenPath('data/AAPL_daily_raw_1998_2021.csv');
    const head = await pipeline(`${node} indicators --csv "${long}" --spec "${spec}" | head -2`);
    expect(head).toEqual({ code: 0, out: 'timestamp,SMA_30\n1998-01-02T00:00:00Z,\n', err: '' });
    expect(await pipeline(`${node} backtest --strategy sma-crossover --csv "${long}" --json | head -c 11`)).toEqual({
      code: 0,
      out: '{"strategy"',
      err: '',
    });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s stops a server cleanly', async (signal) => {
    const exchange = await start(['exchange', '--port', '0', '--csv', AAPL, '--data-dir', join(folder.path, signal)]);
    expect(await exchange.stop(signal)).toBe(0);
  });
});
