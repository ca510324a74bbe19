import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../cli.ts';
import type { Exchange } from '../exchange/server.ts';
import { startOptionExchange } from '../options/test/option-exchange.ts';

let exchange: Exchange;
beforeAll(async () => {
  exchange = await startOptionExchange({
    symbol: 'ACME',
    name: 'Acme',
    seed: 3,
    firstPrice: 60,
    volume: 1_000,
    from: '2024-03-01',
    steps: 1,
  });
});
afterAll(() => exchange.close());

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const out = new Sink();
  const err = new Sink();
  const code = await main(['options', '--exchange-url', exchange.url, ...args], {
    out,
    err: err as unknown as NodeJS.WriteStream,
    environment: {},
  });
  return { code, out: out.text, err: err.text };
}

test('a chain is a table, and as JSON it has its receipts', async () => {
  const { code, out } = await run('--symbol', 'ACME', '--near', '8');
  expect(code).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^ACME [\d.]+ \(quote, 2024-03-01T.*expires 2024-03-08$/);
  expect(lines).toHaveLength(4 + 17);
  expect(out).toMatch(/\*/);
  const { out: json } = await run('--symbol', 'ACME', '--near', '3', '--expiration', '2024-03-15', '--rate', '0.02', '--json');
  const chain = JSON.parse(json) as {
    expiration: string;
    strikes: { call: { volatilitySource: string | null; receipt: { rate: number } | null } }[];
  };
  expect(chain.expiration).toBe('2024-03-15');
  expect(chain.strikes).toHaveLength(7);
  for (const { call } of chain.strikes) if (call.volatilitySource === 'computed') expect(call.receipt?.rate).toBe(0.02);
});

test.each([
  [['--symbol', 'NOPE'], 1, 'no price of NOPE'],
  [['--symbol', 'ACME', '--expiration', '2024-03-14'], 1, '2024-03-15'],
  [['--symbol', 'ACME', '--expiration', 'soon'], 2, ''],
  [['--symbol', 'ACME', '--rate', '4'], 2, ''],
  [['--symbol', 'ACME', '--near', '-1'], 2, ''],
] as const)('%j ends with %i', async (args, expected, told) => {
  const { code, err } = await run(...args);
  expect(code).toBe(expected);
  expect(err).toContain(told);
});
