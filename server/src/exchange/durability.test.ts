import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Exchange } from './server.ts';
import { AAA, sdkFor, testExchange } from './testing.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'venue-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function seen(exchange: Pick<Exchange, 'url'>) {
  const { trading } = sdkFor(exchange);
  const [orders, positions, fills, account, clock, log] = await Promise.all([
    trading.orders.getAllOrders({ status: 'all' }),
    trading.positions.getAllOpenPositions(),
    trading.accountActivities.getAccountActivities(),
    trading.account.getAccount(),
    trading.clock.legacyClock(),
    fetch(`${exchange.url}/sim/log`).then((response) => response.json()),
  ]);
  return { orders, positions, fills, account, clock, log };
}

async function trade(exchange: Pick<Exchange, 'url'>): Promise<void> {
  const { trading } = sdkFor(exchange);
  const step = () => fetch(`${exchange.url}/sim/step`, { method: 'POST' });
  await step();
  await trading.orders.market({ symbol: 'AAA', qty: 7, side: 'buy', clientOrderId: 'bought' });
  await trading.orders.limit({ symbol: 'AAA', qty: 2, side: 'buy', limitPrice: 90, timeInForce: 'gtc', clientOrderId: 'resting' });
  for (let count = 0; count < 20; count++) await step();
}

/** An exchange in a process of its own; resolves with its address. */
function startProcess(): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const script = `
    const { testExchange } = await import(${JSON.stringify(new URL('testing.ts', import.meta.url).href)});
    const exchange = await testExchange({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(exchange.url);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve({ child, url: data.toString('utf8').trim() }));
    child.once('exit', (code) => reject(new Error(`the exchange ended with ${code}`)));
  });
}

test('everything survives kill -9, and goes on at the same step in the same lap', async () => {
  const { child, url } = await startProcess();
  await trade({ url });
  const before = await seen({ url });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;

  const again = await testExchange({ dataDir });
  try {
    expect(await seen(again)).toEqual(before);
    expect(before.orders).toHaveLength(2);
    const state = (await (await fetch(`${again.url}/sim/state`)).json()) as object;
    expect(state).toMatchObject({ lap: 1, slice: 5, step: 1 });
    const duplicate = sdkFor(again).trading.orders.market({ symbol: 'AAA', qty: 1, side: 'buy', clientOrderId: 'bought' });
    await expect(duplicate).rejects.toThrow();
    await again.step();
  } finally {
    await again.close();
  }
});

test('a torn tail is cut with a warning', async () => {
  const first = await testExchange({ dataDir });
  await trade(first);
  const before = await seen(first);
  await first.close();
  await appendFile(join(dataDir, 'commands.log'), 'deadbeef {"sequence":');
  const warnings: string[] = [];
  const again = await testExchange({ dataDir, onWarning: (message) => warnings.push(message) });
  expect(await seen(again)).toEqual(before);
  expect(warnings).toEqual([expect.stringContaining('were cut off')]);
  await again.close();
});

test('a lock of a dead process is taken over, one of this process’s earlier life too', async () => {
  for (const pid of [2 ** 30, process.pid]) {
    await writeFile(join(dataDir, 'venue.lock'), String(pid));
    await (await testExchange({ dataDir })).close();
  }
});

test('a folder is not shared, and not used for another market', async () => {
  const first = await testExchange({ dataDir });
  await expect(testExchange({ dataDir })).rejects.toThrow('in use');
  await first.close();
  await expect(testExchange({ dataDir, bars: [AAA] })).rejects.toThrow('other bars');
});

test('two venues never give the same ids, one venue always does', async () => {
  const idOf = async (venueId: string): Promise<string | undefined> => {
    const exchange = await testExchange({ venueId });
    const order = await sdkFor(exchange).trading.orders.market({ symbol: 'AAA', qty: 1, side: 'buy' });
    await exchange.close();
    return order.id;
  };
  const [one, same, other] = [await idOf('one'), await idOf('one'), await idOf('two')];
  expect(one).toBe(same);
  expect(one).not.toBe(other);
});

test.each([
  { name: 'a key without its secret', given: { keyId: 'mine' }, says: 'both' },
  { name: 'a negative speed', given: { speed: -1 }, says: 'speed' },
  { name: 'bars without an instrument', given: { instruments: [] }, says: 'no instrument' },
] as const)('$name is refused at the start', async ({ given, says }) => {
  await expect(testExchange(given)).rejects.toThrow(says);
});
