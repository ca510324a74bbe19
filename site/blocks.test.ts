import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { parse as parseGraphql, validate } from 'graphql';
import { compile } from 'svelte/compiler';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { build } from '../server/src/cli.ts';
import { buildSchema } from '../server/src/graphql/schema.ts';
import { openLibrary } from './build.ts';
import { blocksOf } from './markdown.ts';
import { commandsOf } from './shell.ts';
import type { ShellCommand } from './shell.ts';
import { typeProblems } from './type-check.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Pages whose blocks are executed one after another by a test of their own: it must name the page. */
const EXECUTED: Readonly<Record<string, { readonly languages: readonly string[]; readonly by: string }>> = {
  'docs/api.md': { languages: ['sh', 'graphql', 'js'], by: 'server/src/platform/http/api-examples.test.ts' },
  'docs/tutorial.md': { languages: ['sh', 'graphql', 'ts'], by: 'e2e/tutorial.long.test.ts' },
  'docs/how-to/add-a-strategy.md': { languages: ['ts', 'text'], by: 'compute/host/docs-examples.long.test.ts' },
  'README.md': { languages: [], by: 'e2e/readme.long.test.ts' },
  'schema/README.md': { languages: ['ts'], by: 'schema/package.long.test.ts' },
};
/** Pages whose TypeScript is a piece of the source: it must stand there, word by word. */
const QUOTED: Readonly<Record<string, readonly string[]>> = {
  'docs/how-to/add-an-indicator.md': ['compute/assembly/indicators/atr.ts', 'compute/assembly/indicators/registry.ts'],
};
/** Text that is neither code nor output: a picture of the flow of data, a formula. */
const PICTURES: readonly string[] = ['docs/architecture.md', 'docs/data-contracts.md'];

const library = await openLibrary();
const sources = [library.home, ...library.shelves.flatMap((shelf) => shelf.sources), ...library.decisions].filter(
  ({ path }) => !path.startsWith('docs/reference/'),
);
const blocks = sources.flatMap((source) =>
  blocksOf(source).map((block) => ({ ...block, path: source.path, place: `${source.path}:${block.line}` })),
);
type Placed = (typeof blocks)[number];
const of = (...languages: readonly string[]): readonly Placed[] => blocks.filter(({ language }) => languages.includes(language));
const isExecuted = ({ path, language }: Placed): boolean => EXECUTED[path]?.languages.includes(language) ?? false;

test('every block says what it is, and something checks that kind', () => {
  const known: readonly string[] = ['sh', 'graphql', 'json', 'yaml', 'ts', 'js', 'svelte'];
  const unknown = blocks.filter(
    (block) => !known.includes(block.language) && !isExecuted(block) && !(block.language === 'text' && PICTURES.includes(block.path)),
  );
  expect(
    unknown.map(({ place, info }) => `${place} is “${info}”: name its language, and how it is checked, in site/blocks.test.ts`),
  ).toEqual([]);
  expect(blocks.length).toBeGreaterThan(60);
});

test('no block is left open', () => {
  const odd = sources.filter(({ text }) => (text.match(/^```/gm)?.length ?? 0) % 2 === 1);
  expect(odd.map(({ path }) => path)).toEqual([]);
});

test.each(Object.entries(EXECUTED))('%s is executed by a test that is there', (path, { by }) => {
  expect(read(by)).toContain(path.split('/').at(-1) ?? path);
});

describe('GraphQL is of today’s schema', () => {
  const schema = buildSchema();
  test.each(of('graphql'))('$place', ({ text }) => expect(validate(schema, parseGraphql(text))).toEqual([]));
});

describe('JSON and YAML can be read', () => {
  test.each(of('json'))('$place', ({ text }) => expect(JSON.parse(text)).toBeTypeOf('object'));
  test.each(of('yaml'))('$place', ({ text }) => expect(parseYaml(text)).toBeTypeOf('object'));
});

describe('a Svelte component compiles, and what it imports is there', () => {
  test.each(of('svelte'))('$place', ({ text }) => {
    expect(compile(text, { generate: 'client' }).warnings).toEqual([]);
    const imported = [...text.matchAll(/from '#lib\/([^']+)'/g)].map(([, path]) => path ?? '');
    expect(imported.filter((path) => !existsSync(join(ROOT, 'web/src/lib', path)))).toEqual([]);
  });
});

describe('a piece of the source stands there', () => {
  const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
  test.each(of('ts').filter(({ path }) => QUOTED[path] !== undefined))('$place', ({ path, text }) => {
    const files = QUOTED[path] ?? [];
    expect(files.filter((file) => squeezed(read(file)).includes(squeezed(text)))).toHaveLength(1);
  });
});

describe('TypeScript type-checks', () => {
  const checked = of('ts', 'js').filter((block) => !isExecuted(block) && QUOTED[block.path] === undefined);
  let problems: ReadonlyMap<string, readonly string[]> = new Map();
  beforeAll(() => {
    problems = typeProblems(checked);
  });
  test.each(checked)('$place', ({ place }) => expect(problems.get(place)).toEqual([]));
});

describe('commands are those of the product', () => {
  const program = build({ out: process.stdout, err: process.stderr, environment: {} });
  test.each(of('sh'))('$place', ({ text }) => {
    const commands = commandsOf(text);
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.map((command) => wrongOf(command, program)).filter((wrong) => wrong !== '')).toEqual([]);
  });
});

const SCRIPTS = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
const COMPOSE = parseYaml(read('docker-compose.yml')) as { services: Record<string, unknown> };
const wrongWhere = (isRight: boolean, wrong: string): string => (isRight ? '' : wrong);

/** What is wrong with a command; empty where nothing is. A program that is not known here is wrong. */
function wrongOf({ words }: ShellCommand, program: Command): string {
  const [name = '', ...rest] = words;
  if (name === 'npx' && rest[0] === 'tidemark') return wrongOfTidemark(rest.slice(1), program);
  if (name === 'npx')
    return (
      wrongWhere(existsSync(join(ROOT, 'node_modules/.bin', rest[0] ?? '')), `${rest[0]} is not installed`) || wrongPath(rest.slice(1))
    );
  if (name === 'npm' && rest[0] === 'pack') return '';
  if (name === 'npm')
    return wrongWhere(Object.hasOwn(SCRIPTS, (rest[0] === 'run' ? rest[1] : rest[0]) ?? ''), `npm has no script ${rest.join(' ')}`);
  if (name === 'node' || name === 'cd') return wrongWhere(existsSync(join(ROOT, rest[0] ?? '')), `${rest[0]} is not there`);
  if (name === 'docker')
    return wrongWhere(
      rest[0] === 'compose' && (rest[1] === 'up' || Object.hasOwn(COMPOSE.services, rest[2] ?? '')),
      `docker ${rest.join(' ')}`,
    );
  if (name === 'curl')
    return wrongWhere(
      rest.some((word) => /^http:\/\/127\.0\.0\.1:4[01]00\//.test(word)),
      'curl calls another server',
    );
  return `nothing checks the command ${name}: say how in site/blocks.test.ts`;
}

const wrongPath = (words: readonly string[]): string =>
  words.find((word) => /^[a-z][\w-]*\/[\w./-]+$/.test(word) && !existsSync(join(ROOT, word)) && !/^compute\/host\/\w+$/.test(word)) ?? '';

/** The command line itself reads the flags and their values. */
function wrongOfTidemark(words: readonly string[], program: Command): string {
  const [name = '', ...rest] = words;
  const command = program.commands.find((each) => each.name() === name);
  if (command === undefined) return `tidemark has no command ${name}`;
  if (command.commands.length > 0) return wrongOfTidemark(rest, command);
  try {
    const { operands, unknown } = command.parseOptions([...rest]);
    const needed = command.registeredArguments.filter(({ required }) => required).length;
    const isVariadic = command.registeredArguments.some(({ variadic }) => variadic);
    if (unknown.length > 0) return `tidemark ${name} has no ${unknown[0]}`;
    if (operands.length < needed || (!isVariadic && operands.length > command.registeredArguments.length))
      return `tidemark ${name}: ${operands.length} operands`;
    return wrongPath(operands);
  } catch (error) {
    return `tidemark ${name}: ${String(error)}`;
  }
}

describe('what a document may get wrong is found', () => {
  const program = build({ out: process.stdout, err: process.stderr, environment: {} });
  test.each<[string, string, RegExp]>([
    ['a command that is not there', 'npx tidemark trade', /no command trade/],
    ['a flag that is not there', 'npx tidemark verify --fast', /has no --fast/],
    ['a missing operand', 'npx tidemark restore --data-dir x', /0 operands/],
    ['a script that is not there', 'npm run deploy', /no script/],
    ['a file that is not there', 'node scripts/none.ts', /is not there/],
    ['a program that nothing checks', 'rm -rf /', /nothing checks the command rm/],
  ])('%s', (_name, script, said) =>
    expect(
      commandsOf(script)
        .map((command) => wrongOf(command, program))
        .join(),
    ).toMatch(said),
  );

  test.each<[string, string, readonly string[][]]>([
    ['variables, redirections and comments', 'A=1 B="x y" npx a --b "c d" > out.csv # why', [['npx', 'a', '--b', 'c d']]],
    ['a line that goes on', 'curl -s \\\n  -H x', [['curl', '-s', '-H', 'x']]],
    [
      'two of them',
      'cd web && npx eslint .',
      [
        ['cd', 'web'],
        ['npx', 'eslint', '.'],
      ],
    ],
    ['a here-document', "curl -d @- <<'J'\n{ a | b }\nJ", [['curl', '-d', '@-']]],
  ])('read as the shell does: %s', (_name, script, words) => expect(commandsOf(script).map((command) => command.words)).toEqual(words));

  test('a type that is wrong', () => {
    const block = { place: 'x.md:1', path: 'docs/statistics.md', language: 'ts', text: 'const a: string = 1;\nexport {};' };
    expect(typeProblems([block]).get('x.md:1')?.join()).toMatch(/not assignable to type 'string'/);
  });
});
