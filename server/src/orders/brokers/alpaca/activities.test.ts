import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { testExchange } from '../../../exchange/testing.ts';
import type { Notice } from '../../../market-data/notice.ts';
import { format, money, price, quantity } from '../../../money/fixed.ts';
import { instant, instantFromMs } from '../../../money/instant.ts';
import { approved } from '../conformance.ts';
import { alpacaBroker } from './alpaca-broker.ts';
import { eventsIn } from './event-text.ts';
import { parseActivities, parseActivity, parseAmendment } from './parse-activity.ts';

const KEYS = { keyId: 'key', secret: 'secret', mode: 'simulated' } as const;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const row = (change: Readonly<Record<string, unknown>>) => ({
  id: '20240304::a1',
  date: '2024-03-04',
  status: 'executed',
  net_amount: '1.5',
  ...change,
});

describe('a row of the list of activities', () => {
  test.each([
    ['DIV', 'dividend'],
    ['DIVCGL', 'dividend'],
    ['INT', 'interest'],
    ['FEE', 'fee'],
    ['PTC', 'fee'],
    ['CSD', 'transfer'],
    ['CSW', 'transfer'],
    ['JNLC', 'transfer'],
    ['OPCSH', 'other-cash'],
    ['MOON', 'other-cash'],
  ])('%s is a %s', (type, kind) => {
    expect(parseActivity(row({ activity_type: type }))).toMatchObject({
      kind,
      id: '20240304::a1',
      date: '2024-03-04',
      amount: money('1.5'),
      words: type,
    });
  });

  test('is as old as it says; with a date alone, as old as the beginning of its day in New York', () => {
    expect(parseActivity(row({ activity_type: 'DIV', created_at: '2024-03-05T01:02:03.456789-05:00' }))?.at).toBe(
      instant('2024-03-05T06:02:03.456Z'),
    );
    expect(parseActivity(row({ activity_type: 'DIV' }))?.at).toBe(instant('2024-03-04T05:00:00Z'));
    const { date: _date, ...undated } = row({ activity_type: 'DIV', created_at: '2024-03-05T01:02:03Z' });
    expect(parseActivity(undated)?.date).toBe('2024-03-04');
  });

  test('that did not come about is none; one without what is needed is an error that says so', () => {
    for (const status of ['canceled', 'pending']) expect(parseActivity(row({ activity_type: 'DIV', status }))).toBeUndefined();
    expect(() => parseActivity(row({ activity_type: 'DIV', net_amount: 'much' }))).toThrow(
      'net_amount is ""much""; expected a decimal number',
    );
    expect(() => parseActivity(row({ activity_type: 'SPLIT', qty: '3' }))).toThrow('symbol is missing');
  });

  test('that moves units and is no split is not booked as one', () => {
    expect(parseActivity(row({ activity_type: 'MA', symbol: 'AAA', qty: '-100' }))).toMatchObject({
      kind: 'other-units',
      symbol: 'AAA',
      quantity: quantity('-100'),
    });
  });

  const part = (id: string, type: string, symbol: string | undefined, qty: string, more: Readonly<Record<string, unknown>> = {}) =>
    row({ id, activity_type: type, symbol, qty, net_amount: '0', group_id: 'g', ...more });
  const kindsOf = (...rows: readonly unknown[]): readonly string[] =>
    parseActivities(rows, (error) => expect.unreachable(error.message)).map(
      (each) =>
        `${each.id} ${each.kind} ${each.kind === 'conversion' ? each.legs.map((leg) => `${leg.symbol} ${format(leg.quantity)}`).join(', ') : ''} ${format(each.amount)}`,
    );
  const [OUT, IN] = [part('1', 'MA', 'OLD', '-100'), part('2', 'MA', 'NEW', '40', { net_amount: '3.5' })];
  const CASH = part('3', 'MA', undefined, '0', { net_amount: '700' });
  const paidOut = part('1', 'MA', 'OLD', '-100', { net_amount: '5420' });

  test.each([
    { name: 'a merger for shares', rows: [OUT, IN], says: ['1 conversion OLD -100, NEW 40 3.5'] },
    {
      name: 'a row for each lot',
      rows: [part('0', 'MA', 'OLD', '-60'), part('1', 'MA', 'OLD', '-40'), IN],
      says: ['0 conversion OLD -100, NEW 40 3.5'],
    },
    { name: 'cash that is written apart', rows: [OUT, CASH, IN], says: ['1 conversion OLD -100, NEW 40 3.5', '3 other-cash  700'] },
    { name: 'a merger for cash', rows: [paidOut], says: ['1 redemption  5420'] },
    { name: 'in two rows', rows: [OUT, CASH], says: ['1 redemption  700'] },
    {
      name: 'that brings shares too, of which the row has not come',
      rows: [{ ...paidOut, activity_sub_type: 'SCMA' }],
      says: ['1:alone other-units  5420'],
    },
    { name: 'half of a merger', rows: [OUT], says: ['1:alone other-units  0'] },
    { name: 'shares that are charged for', rows: [{ ...paidOut, net_amount: '-5' }], says: ['1:alone other-units  -5'] },
    {
      name: 'what goes and comes the same way',
      rows: [OUT, part('2', 'MA', 'NEW', '-40')],
      says: ['1:alone other-units  0', '2:alone other-units  0'],
    },
    {
      name: 'of three symbols',
      rows: [OUT, IN, part('4', 'MA', 'MORE', '1')],
      says: ['1:alone other-units  0', '2:alone other-units  3.5', '4:alone other-units  0'],
    },
    {
      name: 'a new name, without a group',
      rows: [part('1', 'NC', 'OLD', '-100', { group_id: null }), part('2', 'NC', 'NEW', '100', { group_id: null })],
      says: ['1 conversion OLD -100, NEW 100 0'],
    },
    {
      name: 'of two days',
      rows: [part('1', 'NC', 'OLD', '-100', { group_id: null }), part('2', 'NC', 'NEW', '100', { group_id: null, date: '2024-03-05' })],
      says: ['1:alone other-units  0', '2:alone other-units  0'],
    },
    { name: 'a spin-off', rows: [part('1', 'SPIN', 'NEW', '25', { net_amount: '2' })], says: ['1 spin-off  2'] },
    {
      name: 'a contract that was adjusted',
      rows: [part('1', 'OPCA', 'AAA240315C00100000', '-1'), part('2', 'OPCA', 'AAA240315C00050000', '2')],
      says: ['1 conversion AAA240315C00100000 -1, AAA240315C00050000 2 0'],
    },
    { name: 'a contract that was taken for cash', rows: [{ ...paidOut, activity_type: 'OPCA' }], says: ['1:alone other-units  5420'] },
  ])('of a conversion is one with the others: $name', ({ rows, says }) => {
    expect(kindsOf(...rows)).toEqual(says);
  });

  const CALL = 'AAA240315C00100000';
  test.each([
    ['OPEXP', 'expired'],
    ['OPEXC', 'exercised'],
    ['OPASN', 'assigned'],
  ])('%s ends contracts: they were %s', (type, end) => {
    const fields = { activity_type: type, symbol: CALL, qty: '-2', net_amount: '0' };
    expect(parseActivity(row(fields))).toMatchObject({ kind: 'option-end', end, symbol: CALL, quantity: quantity('-2'), amount: 0n });
  });

  test('OPTRD delivers shares for what was paid: its price is the market’s, and its id may be that of the exercise', () => {
    const base = { id: '20190801::5d6e', date: '2019-08-01' };
    const rows = [
      row({ ...base, activity_type: 'OPEXC', symbol: 'AAPL190801C00150000', qty: '-2', net_amount: '0', description: 'Option Exercise' }),
      row({ ...base, activity_type: 'OPTRD', symbol: 'AAPL', qty: '200', net_amount: '-30000', price: '90', description: 'Option Trade' }),
    ];
    const [end, delivery] = parseActivities(rows, (error) => expect.unreachable(error.message));
    expect(end).toMatchObject({ kind: 'option-end', id: '20190801::5d6e', end: 'exercised' });
    expect(delivery).toEqual({
      kind: 'option-delivery',
      id: '20190801::5d6e:OPTRD',
      at: instant('2019-08-01T04:00:00Z'),
      date: '2019-08-01',
      words: 'OPTRD: Option Trade',
      symbol: 'AAPL',
      quantity: quantity('200'),
      amount: money('-30000'),
    });
  });

  test.each([
    ['of the same sign', { qty: '200', net_amount: '20000' }],
    ['of the same sign, below zero', { qty: '-200', net_amount: '-20000' }],
    ['of nothing', { qty: '200', net_amount: '0' }],
    ['that is absent', { qty: '200', net_amount: null }],
  ])('OPTRD with an amount %s is refused', (_name, fields) => {
    expect(() => parseActivity(row({ activity_type: 'OPTRD', symbol: 'AAA', price: '99.5', ...fields }))).toThrow(
      'expected what shares cost, below zero where they are bought',
    );
  });

  test('rows of one split are one: the old units off, the new ones on', () => {
    const rows = ['-10', '40'].map((qty, index) =>
      row({ id: `s${index}`, activity_type: 'SPLIT', symbol: 'AAA', qty, net_amount: '0', group_id: 'g1' }),
    );
    const unread: unknown[] = [];
    const broken = row({ activity_type: 'DIV', net_amount: null, id: '' });
    expect(
      parseActivities([...rows, broken, row({ id: 'd', activity_type: 'DIV' })], (_error, each) => void unread.push(each)),
    ).toMatchObject([
      { kind: 'split', id: 's0', quantity: quantity('30') },
      { kind: 'dividend', id: 'd' },
    ]);
    expect(unread).toEqual([broken]);
  });
});

describe('events of activities', () => {
  const event = (type: string, change: Readonly<Record<string, unknown>> = {}) => ({
    event_id: '01',
    at: '2024-03-04T15:00:00Z',
    activity_type: 'FILL',
    ref_id: 'e2',
    previous_id: 'e1',
    qty: '5',
    price: '99.5',
    details: { execution_type: type, order_id: 'o1', symbol: 'AAA', side: 'sell_short' },
    ...change,
  });

  test('only busts and corrections are taken', () => {
    expect(parseAmendment(event('fill'))).toBeUndefined();
    expect(parseAmendment({ activity_type: 'FEE', details: {} })).toBeUndefined();
    expect(parseAmendment(event('trade_bust'))).toEqual({
      kind: 'bust',
      previousId: 'e1',
      brokerOrderId: 'o1',
      at: instant('2024-03-04T15:00:00Z'),
    });
    expect(parseAmendment(event('trade_correct'))).toMatchObject({
      kind: 'correction',
      previousId: 'e1',
      execution: { executionId: 'e2', brokerOrderId: 'o1', side: 'sell', quantity: quantity('5'), price: price('99.5') },
    });
    expect(() => parseAmendment(event('trade_bust', { previous_id: null }))).toThrow('previous_id is missing; expected text');
    expect(() => parseAmendment(event('trade_correct', { qty: '0' }))).toThrow('expected a positive quantity and price');
  });

  test.each([
    { name: 'comments between', text: ': hello\n\nid: 1\ndata: {"a":1}\n\n: hi\n\ndata: {"a":2}\n\n', events: [{ a: 1 }, { a: 2 }] },
    { name: 'data in several lines, and the ends of lines of other machines', text: 'data: {"a":\r\ndata: 1}\r\n\r\n', events: [{ a: 1 }] },
    { name: 'nothing', text: ': welcome\n\n', events: [] },
  ])('as a text with $name', ({ text, events }) => expect(eventsIn(text)).toEqual(events));

  test('a reader that was too slow has gaps, and says so', () =>
    expect(() => eventsIn(': you are reading too slowly, dropped 3 messages\n\ndata: {}\n\n')).toThrow('dropped 3 messages'));
});

/** A server that refuses the events until it is told otherwise. */
async function refusing(): Promise<{ readonly url: string; answer: readonly [status: number, body: string] }> {
  const state: { url: string; answer: readonly [number, string] } = { url: '', answer: [403, '{"message":"forbidden."}'] };
  const server = createServer((_request, response) => {
    const [status, body] = state.answer;
    response.writeHead(status, { 'X-Request-ID': 'r-77' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

describe('over the wire', () => {
  test('the stream of activities rings when something happened; what it was is in the lists', async () => {
    const exchange = await testExchange();
    closers.push(() => exchange.close());
    const broker = alpacaBroker({ endpoint: { ...KEYS, baseUrl: exchange.url }, streamTiming: { retryFirstMs: 5, retryMsMax: 10 } });
    let rings = 0;
    const stop = await broker.listen({
      onUpdate: () => undefined,
      onConnected: () => undefined,
      onDisconnected: () => undefined,
      onActivity: () => void (rings += 1),
    });
    const rung = async (more: number): Promise<void> =>
      await vi.waitFor(() => expect(rings).toBeGreaterThanOrEqual(more), { timeout: 10_000 });
    // Connected: whatever was missed before is asked for.
    await rung(1);
    await exchange.step();
    await broker.submit(approved({ id: 'x-1', symbol: 'AAA' }));
    await rung(2);
    const [execution] = await broker.executions(instantFromMs(0));
    const before = rings;
    await fetch(`${exchange.url}/sim/account`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'bust', executionId: execution?.executionId }),
    });
    await rung(before + 1);
    expect(await broker.amendments?.(instantFromMs(0))).toMatchObject([{ kind: 'bust', previousId: execution?.executionId }]);
    await stop();
  });

  test('an account that is not let to the events has one standing alert, which ends when they are read', async () => {
    const server = await refusing();
    const broker = alpacaBroker({ endpoint: { ...KEYS, baseUrl: server.url } });
    const notices: Notice[] = [];
    closers.push(
      await broker.listen({
        onUpdate: () => undefined,
        onConnected: () => undefined,
        onDisconnected: () => undefined,
        onNotice: (notice) => void notices.push(notice),
      }),
    );
    const amendments = async () => await broker.amendments?.(instantFromMs(0));
    expect([await amendments(), await amendments()]).toEqual([[], []]);
    server.answer = [200, ': welcome\n\n'];
    expect(await amendments()).toEqual([]);
    const told = notices.filter(({ code }) => code === 'AmendmentsUnread');
    expect(told.map(({ over }) => over)).toEqual([undefined, true]);
    expect(told[0]?.detail).toContain('HTTP 403, request r-77');
    // The list of activities is another matter: without it cash cannot be explained.
    server.answer = [500, 'upstream'];
    await expect(broker.activities?.(instantFromMs(0))).rejects.toThrow('Alpaca did not tell the activities: HTTP 500, request r-77');
  });

  test('more activities than a page are each told once, and none that is older than asked for', async () => {
    const exchange = await testExchange({ switches: { dividends: true } });
    closers.push(() => exchange.close());
    const broker = alpacaBroker({ endpoint: { ...KEYS, baseUrl: exchange.url } });
    await exchange.step();
    const outcome = await broker.submit(approved({ id: 'x-1', symbol: 'AAA' }));
    expect(outcome).toMatchObject({ kind: 'accepted', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
    for (let count = 0; count < 130; count += 1) {
      const body = JSON.stringify({ kind: 'dividend', symbol: 'AAA', rate: '0.5', exDate: '2024-02-29' });
      await fetch(`${exchange.url}/sim/market`, { method: 'POST', body });
    }
    for (let count = 0; count < 5; count += 1) await exchange.step();
    const told = (await broker.activities?.(instantFromMs(0))) ?? [];
    expect(new Set(told.map(({ id }) => id)).size).toBe(130);
    expect(told.every(({ kind, amount }) => kind === 'dividend' && amount === money('1.5'))).toBe(true);
    expect(await broker.activities?.(exchange.now())).toEqual([]);
  });
});
