import { Argument } from 'commander';
import type { Command } from 'commander';
import type { Role } from '../approvals/roles.ts';
import { ROLE_NAMES, ROLES } from '../approvals/roles.ts';
import { formatInstant, instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { withDatabase } from './stored-bars.ts';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Place {
  readonly dataDir: string;
}
interface AddOptions extends Place {
  readonly role: string;
  readonly url: string;
}
interface ListOptions extends Place {
  readonly json?: boolean;
}

const wallClock = (): Instant => instantFromMs(Date.now());
/** Who did it, for whoever reads the list later. */
const BY = 'cli';

/** As the server opens it: only one process at a time has the embedded database. */
async function inDatabase<T>({ dataDir }: Place, terminal: Terminal, work: Parameters<typeof withDatabase<T>>[2]): Promise<T> {
  const { withDatabase } = await import('./stored-bars.ts');
  return await withDatabase(dataDir, terminal.environment, work);
}

function roleOf(text: string): Role {
  const role = ROLES.find((one) => one === text.replace('-', '_'));
  if (role === undefined)
    throw new UsageError(`--role is one of ${ROLES.map((one) => one.replace('_', '-')).join(', ')}; "${text}" is none of them`);
  return role;
}

const linkAt = (url: string, path: string): string => `${url.replace(/\/$/, '')}${path}`;

async function add(name: string, options: AddOptions, terminal: Terminal): Promise<void> {
  const { invite, inviteAgain, nameProblem, personByName } = await import('../accounts/people-service.ts');
  const { invitationPath } = await import('../accounts/invitation-path.ts');
  const role = roleOf(options.role);
  const problem = nameProblem(name);
  if (problem !== undefined) throw new UsageError(problem);
  await inDatabase(options, terminal, async (db) => {
    const known = await personByName(db, name);
    if (known !== undefined && known.joinedAt !== undefined)
      throw new UsageError(`${known.name} has joined already; a new link for them is on the page People, by an admin`);
    const invited =
      known === undefined ? await invite(db, { name, role, by: BY }, wallClock()) : await inviteAgain(db, known.id, wallClock());
    if (invited === undefined) throw new UsageError(`There is somebody named "${name}" already`);
    terminal.err.write(
      `${name} is invited as ${ROLE_NAMES[invited.person.role]}. Give them this link on a way that only they read; it works once, until ${formatInstant(invited.expiresAt)}:\n`,
    );
    terminal.out.write(`${linkAt(options.url, invitationPath(invited.token))}\n`);
  });
}

async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  const { listPeople } = await import('../accounts/people-service.ts');
  const people = await inDatabase(options, terminal, (db) => listPeople(db));
  if (options.json === true) {
    const rows = people.map(({ id, name, role, hasPassword, joinedAt }) => ({
      id,
      name,
      role,
      hasPassword,
      joinedAt: joinedAt === undefined ? null : formatInstant(joinedAt),
    }));
    terminal.out.write(`${JSON.stringify({ people: rows })}\n`);
    return;
  }
  const width = Math.max(4, ...people.map(({ name }) => name.length));
  terminal.out.write(`${'name'.padEnd(width)}  ${'role'.padEnd(12)}  joined\n`);
  for (const { name, role, joinedAt } of people)
    terminal.out.write(
      `${name.padEnd(width)}  ${ROLE_NAMES[role].padEnd(12)}  ${joinedAt === undefined ? 'invited' : formatInstant(joinedAt)}\n`,
    );
}

async function remove(name: string, options: Place, terminal: Terminal): Promise<void> {
  const service = await import('../accounts/people-service.ts');
  await inDatabase(options, terminal, async (db) => {
    const person = await service.personByName(db, name);
    if (person === undefined) throw new UsageError(`There is nobody named "${name}"; tidemark people list shows who there is`);
    if ((await service.remove(db, person.id, wallClock())) === undefined)
      throw new UsageError(`${person.name} is the last admin who can log in: make somebody else an admin first`);
    terminal.err.write(`${person.name} is removed: sessions and keys of theirs are worth nothing any more\n`);
  });
}

/** Invites, lists and removes people while the server is down, or on PostgreSQL at any time; the page People does the same. */
export function addPeople(program: Command, terminal: Terminal): void {
  const people = program
    .command('people')
    .description('Who may log in: add (an invitation link), list, remove')
    .addHelpText(
      'after',
      `
Examples:
  tidemark people add "Olga" --role risk-officer
  tidemark people list --json
  tidemark people remove "Olga"

With the embedded database the server must be stopped: it alone holds the data directory. While it runs, use the page People.`,
    );
  const place = (command: Command): Command =>
    command
      .option('--data-dir <folder>', 'where the embedded database lives; DATABASE_URL names a PostgreSQL instead', '.tidemark')
      .exitOverride();
  place(people.command('add').description('Invite somebody: prints a link by which they choose a password, once'))
    .addArgument(new Argument('<name>', 'by which they will log in'))
    .option('--role <role>', 'viewer, trader, risk-officer or admin', 'viewer')
    .option('--url <url>', 'where they reach this server', 'http://127.0.0.1:4000')
    .action((name: string, options: AddOptions) => add(name, options, terminal));
  place(people.command('list').description('Who may log in, and who was invited'))
    .option('--json', 'print JSON')
    .action((options: ListOptions) => list(options, terminal));
  place(people.command('remove').description('Take somebody’s log-in, sessions and keys away'))
    .addArgument(new Argument('<name>', 'as in the list'))
    .action((name: string, options: Place) => remove(name, options, terminal));
}
