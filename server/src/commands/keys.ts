import { open } from 'node:fs/promises';
import { Argument } from 'commander';
import type { Command } from 'commander';
import { parsePair } from '../accounts/broker-keys/key-pair.ts';
import { MASTER_KEY, NEXT_MASTER_KEY, parseMasterKey } from '../accounts/broker-keys/master-key.ts';
import type { KeyPair, KeyPlace } from '../accounts/broker-keys/seal.ts';
import { formatInstant, instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { checkKeyPlace } from './stored-keys.ts';
import type { withDatabase } from './stored-bars.ts';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Place {
  readonly dataDir: string;
}
interface PairOptions extends Place {
  readonly file?: string;
}
interface ListOptions extends Place {
  readonly json?: boolean;
}
type Mode = KeyPlace['mode'];

const wallClock = (): Instant => instantFromMs(Date.now());
const BYTES_MAX = 4_096;
const OTHERS = 0o077;

async function inDatabase<T>({ dataDir }: Place, terminal: Terminal, work: Parameters<typeof withDatabase<T>>[2]): Promise<T> {
  const { withDatabase } = await import('./stored-bars.ts');
  return await withDatabase(dataDir, terminal.environment, work);
}

/** A file that others could read is refused: whoever made it should know that the keys are out. */
async function fileText(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { mode, size } = await file.stat();
    if ((mode & OTHERS) !== 0) throw new UsageError(`Others may read ${path}: chmod 600 it, and think of its keys as known`);
    if (size > BYTES_MAX) throw new UsageError(`${path} is no file of two lines`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function inputText({ input }: Terminal): Promise<string> {
  if (input === undefined || input.isTTY)
    throw new UsageError('The key id and the secret are two lines of stdin, or of --file: never arguments, which others can read');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Buffer);
    size += bytes.length;
    if (size > BYTES_MAX) throw new UsageError('Expected two lines, the key id and the secret');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const readPair = async (mode: Mode, { file }: PairOptions, terminal: Terminal): Promise<KeyPair> =>
  parsePair(file === undefined ? await inputText(terminal) : await fileText(file), mode);

async function put(what: 'added' | 'rotated', mode: Mode, options: PairOptions, terminal: Terminal): Promise<void> {
  checkKeyPlace(mode, terminal.environment);
  const master = parseMasterKey(terminal.environment[MASTER_KEY]);
  const pair = await readPair(mode, options, terminal);
  const { addBrokerKeys, rotateBrokerKeys } = await import('../accounts/broker-keys-service.ts');
  const change = what === 'added' ? addBrokerKeys : rotateBrokerKeys;
  await inDatabase(options, terminal, (db) => change(db, master, mode, pair, wallClock()));
  terminal.out.write(`The ${mode} keys are ${what}. The server reads them at its next start.\n`);
}

async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  const { listBrokerKeys } = await import('../accounts/broker-keys-service.ts');
  const keys = await inDatabase(options, terminal, (db) => listBrokerKeys(db));
  const rows = keys.map(({ mode, hint, host, masterKeyId, addedAt, rotatedAt }) => ({
    mode,
    hint,
    host,
    masterKey: masterKeyId,
    addedAt: formatInstant(addedAt),
    rotatedAt: rotatedAt === undefined ? null : formatInstant(rotatedAt),
  }));
  if (options.json === true) terminal.out.write(`${JSON.stringify({ keys: rows })}\n`);
  else if (rows.length === 0) terminal.out.write('No keys are stored here.\n');
  else
    for (const { mode, hint, host, masterKey, addedAt, rotatedAt } of rows)
      terminal.out.write(
        `${mode.padEnd(5)}  ${hint}  ${host}  master key ${masterKey}  added ${addedAt}  rotated ${rotatedAt ?? 'never'}\n`,
      );
}

async function remove(mode: Mode, options: Place, terminal: Terminal): Promise<void> {
  const { removeBrokerKeys } = await import('../accounts/broker-keys-service.ts');
  await inDatabase(options, terminal, (db) => removeBrokerKeys(db, mode));
  terminal.out.write(`The ${mode} keys are removed here. Delete them at the broker, too.\n`);
}

async function rotateMaster(options: Place, terminal: Terminal): Promise<void> {
  const { environment } = terminal;
  const old = parseMasterKey(environment[MASTER_KEY]);
  const next = parseMasterKey(environment[NEXT_MASTER_KEY], NEXT_MASTER_KEY);
  const { rotateMasterKey } = await import('../accounts/broker-keys-service.ts');
  const { pairs, factors } = await inDatabase(options, terminal, (db) => rotateMasterKey(db, old, next));
  const others = factors === 0 ? '' : ` and ${factors} second ${factors === 1 ? 'factor' : 'factors'}`;
  terminal.out.write(
    `${pairs} key ${pairs === 1 ? 'pair' : 'pairs'}${others} ${pairs + factors === 1 ? 'is' : 'are'} sealed with ${next.id} now. Set ${MASTER_KEY} to it before the next start, and forget the old one.\n`,
  );
}

const HELP = `
Examples:
  tidemark keys add paper < pair.txt
  tidemark keys add live --file pair.txt
  tidemark keys list --json
  tidemark keys rotate live --file pair.txt
  tidemark keys rotate-master

A pair is two lines, the key id and the secret. ${MASTER_KEY} seals it: 32 bytes, from openssl rand -hex 32. Live keys need DATABASE_URL. For
rotate-master ${NEXT_MASTER_KEY} holds the next one. With the embedded database the server must be stopped.`;

/** The broker's keys: stored sealed, read by the server at its start, shown to nobody. */
export function addKeys(program: Command, terminal: Terminal): void {
  const keys = program
    .command('keys')
    .description('The broker’s keys, stored sealed: add, list, rotate, remove')
    .addHelpText('after', HELP);
  const place = (command: Command): Command =>
    command
      .option('--data-dir <folder>', 'where the embedded database lives; DATABASE_URL names a PostgreSQL instead', '.tidemark')
      .exitOverride();
  const ofMode = (command: Command): Command =>
    place(command).addArgument(new Argument('<account>', 'the kind of account that they open').choices(['paper', 'live']));
  const withPair = (command: Command): Command =>
    ofMode(command).option('--file <file>', 'two lines, the key id and the secret, readable by you alone; stdin where absent');
  withPair(keys.command('add').description('Store a key pair')).action((mode: Mode, options: PairOptions) =>
    put('added', mode, options, terminal),
  );
  place(keys.command('list').description('Which pairs are stored: never what they are'))
    .option('--json', 'print JSON')
    .action((options: ListOptions) => list(options, terminal));
  withPair(keys.command('rotate').description('Put another pair of the same account in the place of the stored one')).action(
    (mode: Mode, options: PairOptions) => put('rotated', mode, options, terminal),
  );
  ofMode(keys.command('remove').description('Forget a pair')).action((mode: Mode, options: Place) => remove(mode, options, terminal));
  place(keys.command('rotate-master').description('Seal every stored pair with another master key')).action((options: Place) =>
    rotateMaster(options, terminal),
  );
}
