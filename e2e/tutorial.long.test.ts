import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocksOf } from '../site/markdown.ts';
import { root, start } from './product.ts';
import type { Running } from './product.ts';

const PATH = 'docs/tutorial.md';
const PASSWORD = 'a long enough password';
const TRIES_MAX = 120;

const blocks = blocksOf({ path: PATH, text: await readFile(join(root, PATH), 'utf8') });
/** What the reader is told to put in place. */
const kept = new Map<string, string>();
const cookies = new Map<string, string>();

let folder = '';
let server: Running;
let origin = '';

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-tutorial-'));
  // What the commands name from the folder of Tidemark is there; what they write stays here.
  for (const name of ['server', 'node_modules', 'package.json']) await symlink(join(root, name), join(folder, name));
  server = await start(['serve', '--port', '0', '--data-dir', join(folder, '.tidemark')]);
  origin = new URL(server.url).origin;
  cookies.set('owner', cookieOf(await fetch(server.url, { redirect: 'manual' })));
});
afterAll(async () => {
  await server.stop('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

async function ask(query: string, person: string): Promise<Record<string, Record<string, unknown>>> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, cookie: cookies.get(person) ?? '' },
    body: JSON.stringify({ query: [...kept].reduce((text, [name, value]) => text.replaceAll(name, value), query) }),
  });
  const { data, errors } = (await response.json()) as { data: Record<string, Record<string, unknown>>; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

/** Somebody opens the link of an invitation and chooses a password. */
async function joinAs(person: string, path: string): Promise<void> {
  const body = JSON.stringify({ token: path.split('#')[1], password: PASSWORD });
  const response = await fetch(`${origin}/join`, { method: 'POST', headers: { 'content-type': 'application/json', origin }, body });
  expect(response.status).toBe(200);
  cookies.set(person, cookieOf(response));
}

/** What the text beside an operation says of its answer. */
const SAID: Readonly<Record<string, unknown>> = {
  Look: { overview: { mode: 'SIMULATED', tradingState: 'ACTIVE' } },
  Adopt: { createStrategy: { strategy: { state: 'DRAFT' } } },
  Test: { runBacktest: { __typename: 'RunPayload' } },
  Tested: { run: { state: 'DONE' } },
  Enable: { enableStrategy: { __typename: 'StrategyPayload' } },
  Watch: { strategy: { lastDecision: expect.stringMatching(/the average/) as string } },
  TooMuch: { placeOrder: { __typename: 'OrderDeniedError' } },
  Denied: { orders: { edges: [{ node: { state: 'DENIED' } }] } },
  Lower: { setLimit: { limit: { value: '2000' } } },
  Stop: { engageKillSwitch: { controls: { tradingState: 'FROZEN' } } },
  Propose: { releaseKillSwitch: { __typename: 'ProposalPayload' } },
  Invite: { invitePerson: { __typename: 'InvitationPayload' } },
  Approve: { approveChange: { proposal: { state: 'APPLIED', decidedBy: 'Olga' } } },
};
/** Where the text says to ask until it is so. */
const ASKED_AGAIN: readonly string[] = ['Tested', 'Watch', 'Denied'];

async function follow(name: string, query: string, person: string): Promise<void> {
  const tries = ASKED_AGAIN.includes(name) ? TRIES_MAX : 1;
  for (let left = tries; left > 0; left -= 1) {
    const data = await ask(query, person);
    try {
      expect(data).toMatchObject(SAID[name] as object);
    } catch (error) {
      if (left === 1) throw error;
      await delay(250);
      continue;
    }
    return keep(name, data);
  }
}

async function keep(name: string, data: Record<string, Record<string, unknown>>): Promise<void> {
  const [answer = {}] = Object.values(data);
  const found = (of: string, field: string): string => String((answer[of] as Record<string, unknown>)[field]);
  if (name === 'Adopt') kept.set('STRATEGY_ID', found('strategy', 'id')).set('VERSION', found('strategy', 'version'));
  if (name === 'Test') kept.set('RUN_ID', found('run', 'id'));
  if (name === 'Enable') expect(found('strategy', 'version')).toBe(kept.get('VERSION'));
  if (name === 'Propose') kept.set('PROPOSAL_ID', found('proposal', 'id')).set('PROPOSAL_HASH', found('proposal', 'hash'));
  if (name === 'Invite') await joinAs('Olga', String(answer['path']));
  if (name === 'Approve') expect((await ask('{ controls { tradingState } }', 'owner'))['controls']).toEqual({ tradingState: 'ACTIVE' });
}

async function shell(script: string): Promise<void> {
  if (script.trim() === 'npm start') return;
  if (script.includes('tidemark verify')) expect(await server.stop('SIGINT')).toBe(0);
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], { cwd: folder, timeout: 120_000 });
  if (script.includes('tidemark compile')) expect(stdout).toMatch(/[0-9a-f]{64}/);
}

test('the tutorial, as written, from the first step to the last', async () => {
  const done: string[] = [];
  for (const { language, info, text } of blocks) {
    const name = /(?:query|mutation) (\w+)/.exec(text)?.[1] ?? '';
    if (language === 'graphql') await follow(name, text, info === 'graphql by Olga' ? 'Olga' : 'owner');
    else if (language === 'ts') await writeFile(join(folder, 'calm-average.ts'), text);
    else if (language === 'sh') await shell(text);
    else throw new Error(`Nothing executes a block of ${language}`);
    if (name !== '') done.push(name);
  }
  expect(done).toEqual(Object.keys(SAID));
  expect((await readFile(join(folder, 'report.html'), 'utf8')).includes('calm-average on SPX')).toBe(true);
  expect((await readFile(join(folder, 'sweep.csv'), 'utf8')).trim().split('\n')).toHaveLength(11);
});

test('npm start is what starts it', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  expect(scripts['start']).toBe('exec node server/src/main.ts');
});

test('the text that is adopted is the file that was tested', () => {
  const file = blocks.find(({ language }) => language === 'ts')?.text ?? '';
  const adopted = /source: """\n([\s\S]*?)\n\s*"""/.exec(blocks.find(({ text }) => text.includes('mutation Adopt'))?.text ?? '')?.[1] ?? '';
  expect(
    adopted
      .split('\n')
      .map((line) => line.replace(/^ {6}/, ''))
      .join('\n'),
  ).toBe(file.trimEnd());
});
