import { afterAll, beforeAll, expect, test } from 'vitest';
import { OrdersDocument } from '@tidemark/schema/documents';
import type { Page } from 'playwright-core';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';
import { bought, disableStrategies, placed } from './trading.ts';

interface Order {
  readonly id: string;
  readonly state: string;
  readonly type: string;
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly stopPrice: string | null;
  readonly orderClass: string;
  readonly reduceOnly: boolean;
  readonly replaces: string | null;
  readonly replacedBy: string | null;
}

const PARTS = 'id state type quantity limitPrice stopPrice orderClass reduceOnly replaces replacedBy';

let demonstration: Demonstration;

beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '240']);
  // What is held and available is ours to change.
  await disableStrategies(demonstration.api());
});
afterAll(() => demonstration.close());

async function orderOf(id: string): Promise<Order> {
  const { order } = await demonstration.api().query<{ order: Order }>(`query ($id: ID!) { order(id: $id) { ${PARTS} } }`, { id });
  return order;
}

/** An order of the owner's that rests at the exchange, far from the market. */
async function resting(): Promise<Order> {
  const input = { symbol: 'AAPL', side: 'BUY', type: 'LIMIT', quantity: '10', limitPrice: '1.50', timeInForce: 'GTC' };
  const { id } = await placed<Order>(demonstration.api(), input, PARTS);
  return await eventually('a working order', async () => {
    const order = await orderOf(id);
    return order.state === 'WORKING' ? order : undefined;
  });
}

/** Tab until this has the focus. */
async function tabTo(page: Page, role: 'button' | 'textbox', name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name });
  await wanted.waitFor();
  for (let presses = 0; presses < 40; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${String(name)}`);
}

test('the page asks for its orders once, and again when one changes', async () => {
  const page = await demonstration.open('/');
  await page.getByLabel('Account', { exact: true }).waitFor();
  let asked = 0;
  page.on('request', (request) => {
    if ((request.postData() ?? '').includes(OrdersDocument.documentId)) asked += 1;
  });
  await page.getByRole('link', { name: 'Orders' }).first().click();
  await eventually('the first question', () => Promise.resolve(asked > 0 ? true : undefined));
  // Longer than the page waits before it asks again.
  await page.waitForTimeout(1_500);
  expect(asked).toBe(1);
  const { id } = await resting();
  await page.getByRole('row').filter({ hasText: 'limit $1.50' }).first().waitFor();
  expect(asked).toBeGreaterThan(1);
  await demonstration.api().query('mutation ($id: ID!) { cancelOrder(id: $id) { __typename } }', { id });
  await page.context().close();
});

test('a resting order is replaced by keyboard: the exchange has the new price, and both orders name each other', async () => {
  const old = await resting();
  const page = await demonstration.open(`/orders?order=${old.id}`);
  await tabTo(page, 'button', 'Replace…');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Replace: buy 10 AAPL' });
  await dialog.getByText('SIMULATED', { exact: true }).waitFor();
  const send = dialog.getByRole('button', { name: 'Replace the order' });
  expect(await dialog.getByLabel('Limit price ($)').inputValue()).toBe('1.5');
  expect(await send.isDisabled()).toBe(true);

  await tabTo(page, 'textbox', /^Limit price/);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('abc');
  await dialog.getByText('Write digits with at most one point and nine decimals, like 12.5.').waitFor();
  expect(await send.isDisabled()).toBe(true);
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('1.75');
  await dialog.getByText('Limit $1.50 → $1.75.').waitFor();
  await page.screenshot({ path: screenshot('replace-order') });
  const taken = page.getByText(/^Buy 10 AAPL: order ticket-\S+ has taken the place of ticket-\S+\.$/);
  const denied = dialog.getByText('The risk gate denied it.');
  await eventually('an order that took the place', async () => {
    await page.keyboard.press('Enter');
    // For the first minutes of a session the gate lets no entry through: it says so, and the same is asked again.
    await taken.or(denied).first().waitFor({ timeout: 10_000 });
    return (await taken.count()) > 0 ? true : undefined;
  });
  const before = await eventually('a replaced order', async () => {
    const order = await orderOf(old.id);
    return order.replacedBy === null ? undefined : order;
  });
  expect(before).toMatchObject({ state: 'REPLACED', limitPrice: '1.5' });
  const fresh = await orderOf(before.replacedBy ?? '');
  expect(fresh).toMatchObject({ state: 'WORKING', limitPrice: '1.75', quantity: '10', replaces: old.id, replacedBy: null });
  // The page follows to the new order, and its life leads back.
  const life = page.getByRole('dialog', { name: 'Buy 10 AAPL' });
  await life.getByText('$1.75', { exact: true }).waitFor();
  await life.getByRole('link', { name: /^ticket-/ }).click();
  await life.getByText('Replaced by').waitFor();
  await life.getByText('Replaced', { exact: true }).first().waitFor();
  await page.screenshot({ path: screenshot('replaced-order') });
  await page.context().close();
});

test('what the gate denies stands at once in the dialog, and the order stands as before', async () => {
  const old = await resting();
  const page = await demonstration.open(`/orders?order=${old.id}`, PHONE, 'light');
  await page.getByRole('button', { name: 'Replace…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replace: buy 10 AAPL' });
  await dialog.getByLabel('Quantity (units)').fill('9999999');
  await dialog.getByRole('button', { name: 'Replace the order' }).click();
  await dialog.getByText('The risk gate denied it. The order stands as before.').waitFor();
  expect(await dialog.getByText(/[\d,.]+ of [\d,.]+/).count()).toBeGreaterThan(0);
  expect([...(await seriousFindings(page)), ...(await narrowFindings(page)), ...(await contrastFindings(page))]).toEqual([]);
  await page.screenshot({ path: screenshot('replace-denied-phone') });
  expect(await orderOf(old.id)).toMatchObject({ state: 'WORKING', quantity: '10', replacedBy: null });
  await page.context().close();
});

test('the ticket says what the gate would, and places what it lets through', async () => {
  const page = await demonstration.open('/orders');
  await page.getByRole('button', { name: 'New order' }).click();
  const ticket = page.getByRole('dialog', { name: 'New order' });
  await ticket.getByLabel('Symbol').fill('AAPL');
  await ticket.getByLabel('Type').selectOption('LIMIT');
  await ticket.getByLabel('Limit price ($)').fill('1.25');
  await ticket.getByLabel('Quantity (units)').fill('9999999');
  await ticket.getByText('■ Would be denied').waitFor();
  await ticket.getByText('OrderNotional').first().waitFor();
  const send = ticket.getByRole('button', { name: /^Buy .* AAPL limit$/ });
  expect(await send.isDisabled()).toBe(true);
  const placedOne = page.getByText(/^Buy \d+ AAPL: /);
  let units = 2;
  await eventually('an order from the ticket', async () => {
    units += 1;
    await ticket.getByLabel('Quantity (units)').fill(String(units));
    await ticket.getByText('● Would be approved').waitFor({ timeout: 2_000 });
    await send.click({ timeout: 1_000 });
    await placedOne.first().waitFor({ timeout: 2_000 });
    return true;
  });
  expect(await ticket.count()).toBe(0);
  const { orders } = await demonstration
    .api()
    .query<{ orders: { edges: { node: Order }[] } }>(`{ orders(first: 1) { edges { node { ${PARTS} } } } }`);
  expect(orders.edges[0]?.node).toMatchObject({ type: 'LIMIT', limitPrice: '1.25', quantity: String(units) });
  await page.context().close();
});

interface Exit {
  readonly price: string | null;
  readonly quantity: string;
  readonly orderId: string | null;
}
interface Held {
  readonly symbol: string;
  readonly quantity: string;
  readonly available: string;
  readonly mark: string | null;
  readonly stops: readonly Exit[];
  readonly targets: readonly Exit[];
}
const EXITS = 'price quantity orderId';
const HELD = `{ positions(first: 50) { edges { node { symbol quantity available mark stops { ${EXITS} } targets { ${EXITS} } } } } }`;

async function heldOf(symbol: string): Promise<Held | undefined> {
  const { positions } = await demonstration.api().query<{ positions: { edges: { node: Held }[] } }>(HELD);
  return positions.edges.find(({ node }) => node.symbol === symbol)?.node;
}

test('a bracket on a position: what is wrong is said in words, what is right stands at the exchange as a pair', async () => {
  const held = await bought(demonstration.api(), 'AAPL', '10');
  const far = { stop: (Number(held.mark) * 0.6).toFixed(2), target: (Number(held.mark) * 1.3).toFixed(2) };
  const page = await demonstration.open('/positions', DESKTOP, 'light');
  const row = page.getByRole('row', { name: /^AAPL\b/ });
  await row.getByRole('button', { name: 'Bracket…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set a bracket on AAPL' });
  await dialog.getByText('SIMULATED', { exact: true }).waitFor();
  await dialog.getByText('No exit stands.').waitFor();
  const send = dialog.getByRole('button', { name: /^Set (both|the)/ });
  await dialog.getByLabel('Stop ($)').fill(far.target);
  await dialog.getByText(/^The stop of a long position lies below the mark, \$[\d.]+: this one would close it at once\.$/).waitFor();
  await dialog.getByLabel('Stop ($)').fill(far.stop);
  await dialog.getByLabel('Target ($)').fill(far.stop);
  await dialog.getByText(/^The target of a long position lies above the mark/).waitFor();
  await dialog.getByLabel('Target ($)').fill(far.target);
  await dialog.getByLabel('Quantity (units)').fill('11');
  await dialog.getByText('Only 10 units are held.').waitFor();
  expect(await send.isDisabled()).toBe(true);
  expect(await seriousFindings(page)).toEqual([]);
  await page.screenshot({ path: screenshot('bracket-wrong') });

  await dialog.getByLabel('Quantity (units)').fill('10');
  await dialog.getByText('● Would be approved').waitFor();
  await dialog.getByText(/^\$[\d,.]+ · [\d.]+\s% of equity$/).waitFor();
  await page.screenshot({ path: screenshot('bracket') });
  await send.click();
  await page.getByText(/^10 AAPL: stop at \$[\d.]+, target at \$[\d.]+ sent\. One cancels the other\.$/).waitFor();

  const both = await eventually('both exits', async () => {
    const now = await heldOf('AAPL');
    return now?.stops.length === 1 && now.targets.length === 1 ? now : undefined;
  });
  expect([Number(both.stops[0]?.price), Number(both.targets[0]?.price)]).toEqual([Number(far.stop), Number(far.target)]);
  expect([both.available, both.stops[0]?.quantity, both.targets[0]?.quantity]).toEqual(['0', '10', '10']);
  expect(await orderOf(both.targets[0]?.orderId ?? '')).toMatchObject({ type: 'LIMIT', orderClass: 'OCO', reduceOnly: true });
  expect(await orderOf(both.stops[0]?.orderId ?? '')).toMatchObject({ type: 'STOP', reduceOnly: true });
  await page.context().close();
});

test('a second bracket is refused while the first holds every unit; its target is replaced, and a pair that is cancelled makes room for another', async () => {
  const before = await heldOf('AAPL');
  expect(before?.stops).toHaveLength(1);
  const page = await demonstration.open('/positions', PHONE, 'dark');
  await page
    .getByRole('row', { name: /^AAPL\b/ })
    .getByRole('button', { name: 'Bracket…' })
    .click();
  const dialog = page.getByRole('dialog', { name: 'Set a bracket on AAPL' });
  await dialog.getByText('All 10 units are held back by working orders that close it. Replace or cancel those first.').waitFor();
  expect(await dialog.getByRole('button', { name: /^Set (both|the)/ }).count()).toBe(0);
  expect([...(await seriousFindings(page)), ...(await narrowFindings(page)), ...(await contrastFindings(page))]).toEqual([]);
  await page.screenshot({ path: screenshot('bracket-second-phone') });

  const exits = dialog.getByRole('list', { name: 'Exits that stand' }).getByRole('listitem');
  await exits.filter({ hasText: 'Stop:' }).getByRole('button', { name: 'Replace…' }).click();
  const replace = page.getByRole('dialog', { name: /^Replace: sell 10 AAPL/ });
  await replace.getByText('The broker keeps this exit back until its price is touched: cancel the pair, and set another.').waitFor();
  await replace.getByRole('button', { name: 'Keep as it is' }).click();

  const nearer = (Number(before?.mark) * 1.25).toFixed(2);
  await exits.filter({ hasText: 'Target:' }).getByRole('button', { name: 'Replace…' }).click();
  expect(await replace.getByLabel('Quantity (units)').isDisabled()).toBe(true);
  await replace.getByLabel('Limit price ($)').fill(nearer);
  await page.screenshot({ path: screenshot('bracket-replace-phone') });
  await replace.getByRole('button', { name: 'Replace the order' }).click();
  await exits.filter({ hasText: `Target: 10 at $${nearer}` }).waitFor();
  const moved = await eventually('a target that has moved', async () => {
    const now = await heldOf('AAPL');
    return Number(now?.targets[0]?.price) === Number(nearer) && now?.targets.length === 1 ? now : undefined;
  });
  expect([moved.stops, moved.available]).toEqual([before?.stops, '0']);

  // Cancelled, the pair makes room for another, which begins with its prices.
  await exits.filter({ hasText: 'Target:' }).getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByText('No exit stands.').waitFor();
  await dialog.getByText('10 available').waitFor();
  expect(await heldOf('AAPL')).toMatchObject({ available: '10', stops: [], targets: [] });
  expect(Number(await dialog.getByLabel('Target ($)').inputValue())).toBe(Number(nearer));
  const higher = (Number(before?.mark) * 0.7).toFixed(2);
  await dialog.getByLabel('Stop ($)').fill(higher);
  await page.screenshot({ path: screenshot('bracket-anew-phone') });
  await dialog.getByRole('button', { name: 'Set both' }).click();
  const anew = await eventually('another pair', async () => {
    const now = await heldOf('AAPL');
    return now?.stops.length === 1 && now.targets.length === 1 ? now : undefined;
  });
  expect([Number(anew.stops[0]?.price), Number(anew.targets[0]?.price)]).toEqual([Number(higher), Number(nearer)]);
  await page.context().close();
  expect(demonstration.complaints).toEqual([]);
});
