import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { prepareDataDir } from '../server/src/platform/test/clusters.ts';
import { DESKTOP, openBrowser } from './browser.ts';
import { logIn, root, start, temporaryFolder } from './product.ts';
import type { Api, Running } from './product.ts';

const SCREENSHOTS = join(root, 'screenshots');

/** Where a picture of a page is kept, for people to look at. */
export const screenshot = (name: string): string => join(SCREENSHOTS, `${name}.png`);

/** The product with a folder of its own, its owner logged in, and a browser that looks at it. */
export interface Demonstration {
  readonly browser: Browser;
  /** What the browser complained of: nothing is expected. */
  readonly complaints: readonly string[];
  readonly folder: string;
  server(): Running;
  api(): Api;
  origin(): string;
  /** A page of the owner's, in a context of its own. */
  open(path: string, viewport?: BrowserContextOptions['viewport'], colorScheme?: 'dark' | 'light'): Promise<Page>;
  /** The same folder goes on after its server has been stopped. */
  resume(options: readonly string[], port?: string): Promise<void>;
  close(): Promise<void>;
}

interface Life {
  readonly server: Running;
  readonly api: Api;
  readonly origin: string;
}

interface Preparing {
  /** Fills the folder before a server has it. */
  readonly prepare?: (folder: string) => Promise<void>;
  readonly withWindows?: boolean;
}

/** `options` are those of `tidemark serve`, beside the folder and the port. */
export async function openDemonstration(options: readonly string[], { prepare, withWindows }: Preparing = {}): Promise<Demonstration> {
  const folder = await temporaryFolder();
  await prepareDataDir(folder.path);
  await prepare?.(folder.path);
  await mkdir(SCREENSHOTS, { recursive: true });
  const serve = async (served: readonly string[], port: string): Promise<Life> => {
    const server = await start(['serve', '--port', port, '--data-dir', folder.path, ...served]);
    return { server, api: await logIn(server.url), origin: new URL(server.url).origin };
  };
  let life = await serve(options, '0');
  const browser = await openBrowser(withWindows);
  const complaints: string[] = [];
  return {
    browser,
    complaints,
    folder: folder.path,
    server: () => life.server,
    api: () => life.api,
    origin: () => life.origin,
    open: async (path, viewport = DESKTOP, colorScheme = 'dark') => {
      const context = await browser.newContext({ viewport, colorScheme });
      const [name = '', value = ''] = life.api.cookie.split('=');
      await context.addCookies([
        { name, value, domain: new URL(life.origin).hostname, path: '/', secure: true, httpOnly: true, sameSite: 'Strict' },
      ]);
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`${path}: ${message.text()}`);
      });
      page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
      await page.goto(`${life.origin}${path}`);
      return page;
    },
    resume: async (others, port = '0') => {
      life = await serve(others, port);
    },
    close: async () => {
      await browser.close();
      await life.server.stop('SIGTERM');
      await folder.remove();
    },
  };
}
