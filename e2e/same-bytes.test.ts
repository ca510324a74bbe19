import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtInStrategies, compileBuiltIn } from '../compute/host/built-ins.ts';
import { INDICATORS_WASM } from '../compute/host/indicators.node.ts';
import { openBrowser } from './browser.ts';
import { figuresOfIndicators, jsonOfBacktest } from './same-bytes.ts';

/**
 * The compute core as the browser has it: the very sources of `compute/host`, with their types taken off and nothing else. What it works
 * out must be what Node works out, byte for byte.
 */
const ROOT = new URL('../', import.meta.url);

const PAGE = `<!doctype html><title>compute core</title>
<script type="module">import * as core from '/e2e/same-bytes.ts'; globalThis.core = core;</script>`;

function serve(): Server {
  return createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (!/^\/(?:compute\/host|e2e)\/[a-z.-]+\.ts$/.test(path)) {
      response.writeHead(path === '/' ? 200 : 404, { 'content-type': 'text/html' }).end(PAGE);
      return;
    }
    const source = readFileSync(new URL(`.${path}`, ROOT), 'utf8');
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(stripTypeScriptTypes(source));
  });
}

let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  server = serve();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await openBrowser();
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => 'core' in globalThis);
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** Calls an exported function of `e2e/same-bytes.ts` in the page. */
function inPage(name: string, ...values: readonly unknown[]): Promise<string> {
  return page.evaluate(
    ([called, given]) => {
      const { core } = globalThis as unknown as { core: Record<string, (...all: readonly unknown[]) => string | Promise<string>> };
      const work = core[called];
      if (work === undefined) throw new Error(`There is no ${called}`);
      return work(...given);
    },
    [name, values] as const,
  );
}

describe('the same bytes in Node and in the browser', () => {
  test.each(builtInStrategies().map(({ name }) => name))('%s', async (name) => {
    const { wasm, version, description } = await compileBuiltIn(name);
    const base64 = Buffer.from(wasm).toString('base64');
    const here = jsonOfBacktest(base64, version, description);
    expect(here.length).toBeGreaterThan(10_000);
    expect((JSON.parse(here) as { decisions: unknown[] }).decisions.length).toBeGreaterThan(0);
    expect(await inPage('jsonOfBacktest', base64, version, description)).toBe(here);
  });

  test('every indicator', async () => {
    const base64 = readFileSync(INDICATORS_WASM).toString('base64');
    const here = await figuresOfIndicators(base64);
    expect(here.split('\n').length).toBeGreaterThan(54);
    expect(await inPage('figuresOfIndicators', base64)).toBe(here);
  });
});
