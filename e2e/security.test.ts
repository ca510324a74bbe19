import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';

const PASSWORD = 'four plain words here';
const STEP_MS = 30_000;

let demonstration: Demonstration;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '0']);
});
afterAll(() => demonstration.close());

let secret = '';
let steps = 0;
/** A code that was not shown before: of now, then of the next step, which counts too. */
function code(): string {
  const timestamp = Date.now() + steps * STEP_MS;
  steps += 1;
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });
}

/** A browser that nobody is logged in on. */
async function stranger(): Promise<Page> {
  const context = await demonstration.browser.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  await page.goto(demonstration.origin());
  await page.getByLabel('Name').fill('owner');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  return page;
}

test('a password is set; another browser logs in by it, is listed, and is logged out from here', async () => {
  const page = await demonstration.open('/security');
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByRole('button', { name: 'Set it' }).click();
  await page.getByText('Your password is set').waitFor();
  const other = await stranger();
  await other.getByLabel('Account', { exact: true }).waitFor();
  // The cookie that a real browser keeps on plain http of this machine.
  const [cookie] = await other.context().cookies();
  expect(cookie).toMatchObject({ name: '__Host-tidemark_session', secure: true, httpOnly: true, sameSite: 'Strict', path: '/' });
  await page.reload();
  await page.getByText('2 browsers').waitFor();
  await page.getByRole('button', { name: 'Log out', exact: true }).click();
  await other.getByRole('heading', { name: 'You are logged out' }).waitFor();
  await other.context().close();
  await page.context().close();
}, 60_000);

test('an authenticator app is enrolled, and its code asked for at the next log-in', async () => {
  const page = await demonstration.open('/security');
  await page.getByRole('button', { name: 'Set up an authenticator app…' }).click();
  await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  secret = (await page.locator('.typed code').textContent())?.replaceAll(' ', '') ?? '';
  await page.screenshot({ path: screenshot('security-enrol'), fullPage: true });
  await page.getByLabel('Code of the app').fill(code());
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByText('Keep these ten recovery codes').waitFor();
  const recovery = (await page.locator('.codes li').allTextContents())[0] ?? '';
  await page.screenshot({ path: screenshot('security-codes'), fullPage: true });
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('10 recovery codes are left').waitFor();

  const other = await stranger();
  await other.getByLabel('Code of your authenticator app').fill('000000');
  await other.getByRole('button', { name: 'Log in', exact: true }).click();
  await other.getByText('This code is not the one of now').waitFor();
  await other.screenshot({ path: screenshot('security-log-in') });
  await other.getByLabel('Code of your authenticator app').fill(code());
  await other.getByRole('button', { name: 'Log in', exact: true }).click();
  await other.getByLabel('Account', { exact: true }).waitFor();

  const third = await stranger();
  await third.getByLabel('Code of your authenticator app').fill(recovery);
  await third.getByRole('button', { name: 'Log in', exact: true }).click();
  await third.getByLabel('Account', { exact: true }).waitFor();
  await page.reload();
  await page.getByText('9 recovery codes are left').waitFor();
  const told = await eventually('the journal tells of it', async () => {
    const { journal } = await demonstration
      .api()
      .query<{ journal: { edges: { node: { kind: string; payload: string } }[] } }>(
        '{ journal(first: 50, kind: "AccessRecorded") { edges { node { kind payload } } } }',
      );
    return journal.edges.length > 0 ? JSON.stringify(journal.edges) : undefined;
  });
  for (const act of ['PasswordSet', 'SessionEnded', 'SecondFactorAdded', 'RecoveryCodeUsed', 'LoggedIn']) expect(told).toContain(act);
  for (const hidden of [secret, recovery, PASSWORD]) expect(told).not.toContain(hidden);
  for (const one of [page, other, third]) await one.context().close();
}, 90_000);

test('a key is made for a program and for an agent, and shown with what it may and until when', async () => {
  const page = await demonstration.open('/security');
  const make = async (name: string, kind: string, may: string): Promise<void> => {
    await page.getByRole('button', { name: 'New key…' }).click();
    await page.getByRole('textbox', { name: 'Program' }).fill(name);
    await page.getByRole('radio', { name: new RegExp(`^${kind}`) }).check();
    await page.getByRole('checkbox', { name: may }).check();
    await page.getByRole('combobox', { name: 'Role' }).selectOption('TRADER');
    await page.screenshot({ path: screenshot(`security-key-${kind.toLowerCase()}`) });
    await page.getByRole('button', { name: 'Make the key' }).click();
    await page.getByText(/^tmk_/).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
  };
  await make('notebook', 'Service', 'Trade');
  await make('scout', 'Agent', 'Propose');
  await page.getByRole('row', { name: /notebook Trader · read, propose, stop, trade/ }).waitFor();
  await page.getByRole('row', { name: /scout Agent Trader · read, propose/ }).waitFor();
  await page.context().close();
}, 60_000);

test.each([
  ['desktop-dark', DESKTOP, 'dark'],
  ['desktop-light', DESKTOP, 'light'],
  ['phone-dark', PHONE, 'dark'],
  ['phone-light', PHONE, 'light'],
] as const)(
  'the page looks as it should: %s',
  async (name, viewport, scheme) => {
    const page = await demonstration.open('/security', viewport, scheme);
    await page.getByText('Where you are logged in').waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBe(0);
    await page.screenshot({ path: screenshot(`security-${name}`), fullPage: true });
    await page.context().close();
  },
  60_000,
);
