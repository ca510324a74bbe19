import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptedSocket, subscribe } from '../../../graphql/test/socket.ts';
import { openAttackedServer } from './test/attacked-server.ts';
import type { AttackedServer } from './test/attacked-server.ts';
import { DOCUMENT_ATTACKS } from './test/document-attacks.ts';

/** What an attack may cost the process. The one who attacks is in it, too: the figure is an upper bound. */
const CPU_MS_MAX = 50;
const ROUNDS = 9;

let attacked: AttackedServer;
beforeAll(async () => {
  attacked = await openAttackedServer();
});
afterAll(() => attacked.close());

const SERIES = JSON.stringify('query ($a: [IndicatorInput!]) { series(symbol: "ALDR", indicators: $a) { __typename } }');
const nested = (open: string, close: string, levels: number): string =>
  `{"query":${SERIES},"variables":{"a":${open.repeat(levels)}1${close.repeat(levels)}}}`;

async function medianCpuMs(attack: () => Promise<unknown>): Promise<number> {
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    await attack();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1_000);
  }
  return costs.sort((left, right) => left - right)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

const print = (costs: ReadonlyMap<string, number>): void => {
  const dearest = [...costs].sort(([, left], [, right]) => right - left).slice(0, 8);
  process.stderr.write(
    `CPU of an attack, dearest first:\n${dearest.map(([name, ms]) => `${ms.toFixed(1).padStart(8)} ms  ${name}`).join('\n')}\n`,
  );
};

test('each document and each body costs less than 50 ms of CPU over HTTP', async () => {
  const bodies: readonly (readonly [string, string])[] = [
    ...DOCUMENT_ATTACKS.map(({ name, query, variables }) => [name, JSON.stringify({ query, variables })] as const),
    ['10,000 levels of lists in a variable', nested('[', ']', 10_000)],
    ['100,000 levels of lists in a variable', nested('[', ']', 100_000)],
    ['10,000 levels of objects in a variable', nested('{"a":', '}', 10_000)],
    ['no JSON', '{'.repeat(100_000)],
  ];
  const costs = new Map<string, number>();
  for (const [name, body] of bodies) {
    costs.set(name, await medianCpuMs(() => attacked.send('POST', '/graphql', attacked.bearer(), body)));
  }
  print(costs);
  expect([...costs].filter(([, ms]) => ms >= CPU_MS_MAX)).toEqual([]);
});

test('each document costs less than 50 ms of CPU over WebSocket', async () => {
  const opened = await acceptedSocket({ server: attacked.server, apiKey: attacked.api.apiKey });
  const costs = new Map<string, number>();
  let round = 0;
  for (const { name, query, variables } of DOCUMENT_ATTACKS.filter((attack) => attack.query.length < 100_000)) {
    const ask = async (): Promise<void> => {
      const id = String((round += 1));
      opened.send(subscribe(id, query, variables));
      await opened.frame((frame) => frame.id === id);
    };
    costs.set(name, await medianCpuMs(ask));
    // No faster than a reader may send.
    await new Promise((resolve) => setTimeout(resolve, ROUNDS * 6));
  }
  print(costs);
  expect([...costs].filter(([, ms]) => ms >= CPU_MS_MAX)).toEqual([]);
  opened.socket.close();
  await opened.closed;
});

test('afterwards the process is healthy, and has told no secret', () => attacked.expectHealthy());
