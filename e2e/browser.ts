import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** The same browser without its windows, which takes a fifth less time. */
const WINDOWLESS = '/usr/bin/chromium-headless-shell';
const PLACES = [
  process.env['TIDEMARK_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A real Chromium, headless, quiet on the network. What belongs to windows, as the system's notifications do, needs one `withWindows`. */
export async function openBrowser(withWindows = false): Promise<Browser> {
  const places = withWindows || process.env['TIDEMARK_CHROMIUM'] !== undefined ? PLACES : [WINDOWLESS, ...PLACES];
  const executablePath = places.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      'Chromium is missing: `npm test` installs it on Debian as root; elsewhere install it or set TIDEMARK_CHROMIUM to its path',
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export const DESKTOP = { width: 1440, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;
