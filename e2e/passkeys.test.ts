import { MakeRecoveryCodesDocument } from '@tidemark/schema/documents';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { walkByTab } from './keyboard.ts';
import { eventually } from './product.ts';

let demonstration: Demonstration;
let page: Page;
let devices: CDPSession;
let authenticatorId = '';

/** The same server under a name: browsers keep no passkey for 127.0.0.1. */
const named = (): string => demonstration.origin().replace('127.0.0.1', 'localhost');

beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '0']);
  const context = await demonstration.browser.newContext({ viewport: DESKTOP, colorScheme: 'dark' });
  const [name = '', value = ''] = demonstration.api().cookie.split('=');
  await context.addCookies([{ name, value, domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Strict' }]);
  page = await context.newPage();
  // Chromium's own authenticator without a device: it makes keys and signs as a real one does.
  devices = await context.newCDPSession(page);
  await devices.send('WebAuthn.enable');
  ({ authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  }));
});
afterAll(() => demonstration.close());

const verified = async (isUserVerified: boolean): Promise<void> => {
  await devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
};

async function make(on: Page, name: string): Promise<void> {
  await on.getByRole('button', { name: 'New passkey…' }).click();
  await on.getByRole('textbox', { name: 'Name' }).fill(name);
  await on.getByRole('button', { name: 'Make it' }).click();
}

async function logOut(): Promise<void> {
  await page.getByRole('button', { name: 'Log out here' }).click();
  await page.getByRole('heading', { name: 'You are logged out' }).waitFor();
}

async function logIn(): Promise<void> {
  await page.getByRole('button', { name: 'Log in with a passkey' }).click();
  await page.getByRole('button', { name: 'Log out here' }).waitFor();
}

test('under an address of numbers the page says under which name passkeys work', async () => {
  const other = await demonstration.open('/security');
  await make(other, 'Laptop');
  await other.getByText(`open ${named()} and log in there`).waitFor();
  await other.context().close();
});

test('a device that verifies nobody makes none; one that does is named, listed and gets another name', async () => {
  await page.goto(`${named()}/security`);
  await verified(false);
  await make(page, 'Laptop');
  await page.getByText('No passkey was used').waitFor();
  await verified(true);
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByText('Keep these ten recovery codes').waitFor();
  await page.screenshot({ path: screenshot('passkeys-made'), fullPage: true });
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText(/never used/).waitFor();
  await make(page, 'Once more');
  await page.getByText('This device has a passkey of yours already').waitFor();
  await page.getByRole('button', { name: 'Not now' }).click();
  await page.getByRole('button', { name: 'Rename Laptop' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Desk');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await page.getByRole('button', { name: 'Remove Desk' }).waitFor();
  const { credentials } = await devices.send('WebAuthn.getCredentials', { authenticatorId });
  expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }]);
});

test('logged out, one logs in by it, and by nothing that was cancelled', async () => {
  await logOut();
  await page.screenshot({ path: screenshot('passkeys-log-in') });
  expect(await seriousFindings(page)).toEqual([]);
  await verified(false);
  await page.getByRole('button', { name: 'Log in with a passkey' }).click();
  await page.getByText('No passkey was used').waitFor();
  await verified(true);
  await logIn();
  await page
    .getByText(/last used/)
    .first()
    .waitFor();
});

test('beside a password it is asked for, and lets in', async () => {
  await page.getByLabel(/^Password/).fill('four plain words here');
  await page.getByRole('button', { name: 'Set it' }).click();
  await page.getByText('Your password is set').waitFor();
  await logOut();
  await page.getByLabel('Name').fill('owner');
  await page.getByLabel('Password').fill('four plain words here');
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByLabel('Recovery code').waitFor();
  await page.screenshot({ path: screenshot('passkeys-second') });
  await page.getByRole('button', { name: 'Go on with a passkey' }).click();
  await page.getByRole('button', { name: 'Log out here' }).waitFor();
});

test('before what is dangerous it confirms who it is', async () => {
  // In the place of a quarter of an hour: the server's first answer alone is another. What follows is the server's own.
  let old = true;
  await page.route('**/graphql', async (route) => {
    if (!old || !(route.request().postData() ?? '').includes(MakeRecoveryCodesDocument.documentId)) return await route.continue();
    old = false;
    const errors = [{ message: 'Confirm that it is you.', extensions: { code: 'CONFIRM_LOGIN' } }];
    return await route.fulfill({ status: 403, contentType: 'application/json', body: JSON.stringify({ errors }) });
  });
  await page.getByRole('button', { name: 'New recovery codes' }).click();
  await page.getByRole('heading', { name: 'Is it you?' }).waitFor();
  await page.screenshot({ path: screenshot('passkeys-confirm') });
  expect(await seriousFindings(page)).toEqual([]);
  const confirmed = page.waitForResponse((response) => response.url().endsWith('/confirm'));
  await page.getByRole('button', { name: 'Confirm with a passkey' }).click();
  expect((await confirmed).status()).toBe(200);
  await page.getByText('Keep these ten recovery codes').waitFor();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.unroute('**/graphql');
});

test('the page has no serious finding, dark and light, desktop and phone; Tab reaches all of it', async () => {
  await page.reload();
  await page.getByRole('button', { name: 'Remove Desk' }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  expect((await walkByTab(page)).problems).toEqual([]);
  for (const [name, viewport, colorScheme] of [
    ['desktop-dark', DESKTOP, 'dark'],
    ['desktop-light', DESKTOP, 'light'],
    ['phone-light', PHONE, 'light'],
    ['phone-dark', PHONE, 'dark'],
  ] as const) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    expect(await contrastFindings(page)).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect([name, wide]).toEqual([name, 0]);
    await page.screenshot({ path: screenshot(`passkeys-${name}`), fullPage: true });
  }
  expect(await narrowFindings(page)).toEqual([]);
  await page.setViewportSize(DESKTOP);
});

test('removed, it opens nothing, though the device still has it; the journal tells of all of it', async () => {
  await page.getByRole('button', { name: 'Remove Desk' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('From the first one on your password alone lets nobody in').waitFor();
  await logOut();
  await page.getByRole('button', { name: 'Log in with a passkey' }).click();
  await page.getByText('This server does not know this passkey').waitFor();
  await page.getByLabel('Name').fill('owner');
  await page.getByLabel('Password').fill('four plain words here');
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('button', { name: 'Log out here' }).waitFor();
  await page.goto(`${named()}/audit`);
  const told = await eventually('the journal tells of it', async () => {
    const answer = await page.request.post(`${named()}/graphql`, {
      headers: { origin: named() },
      data: { query: '{ journal(first: 50, kind: "AccessRecorded") { edges { node { payload } } } }' },
    });
    const text = await answer.text();
    return text.includes('PasskeyRemoved') ? text : undefined;
  });
  for (const act of ['PasskeyAdded', 'PasskeyRenamed', 'by passkey', 'by password and passkey', 'RecoveryCodesMade'])
    expect(told).toContain(act);
  await page.context().close();
});
