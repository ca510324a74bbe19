import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { runBacktestInWorker } from './backtest-worker.ts';
import {
  call,
  DROP,
  FURTHER_TYPE,
  f64,
  forever,
  handMadeStrategy,
  i32,
  i64,
  importOf,
  TRAP,
  WISH_AT,
  WITHOUT_PRICES,
  type Body,
  type FunctionName,
  type HandMade,
} from './hand-made-module.ts';
import { WISH } from './strategy-abi.ts';
import { openStrategyWorker, type StrategyWorker } from './strategy-worker.ts';
import { StrategyTrap, type BacktestResult, type BarSeries, type Slice, type SliceWish } from './types.ts';

const BAR = { open: 10, high: 11, low: 9, close: 10, volume: 1000 };
const SLICE: Slice = { atMs: 1_700_000_000_000, bars: [BAR], positions: [0], cash: 1000, equity: 1000 };
/** Long where nothing should take long, for the machine may be busy. */
const PATIENT_MS = 30_000;
const SHORT_MS = 300;

function seriesOf(length: number): BarSeries {
  const column = Float64Array.from({ length }, (_, index) => 10 + index);
  return { length, startAtMs: column, open: column, high: column, low: column, close: column, volume: column };
}

async function live(made: HandMade, deadlineMs = PATIENT_MS): Promise<readonly SliceWish[]> {
  const worker = await openStrategyWorker(handMadeStrategy(made), { parameters: {}, symbols: ['AAA'], deadlineMs });
  try {
    return await worker.onBars(SLICE);
  } finally {
    await worker.close();
  }
}

function backtest(made: HandMade, deadlineMs = PATIENT_MS): Promise<BacktestResult> {
  const series = [{ symbol: 'AAA', bars: seriesOf(20) }];
  return runBacktestInWorker({ module: handMadeStrategy(made), parameters: {}, series, options: DEFAULT_BACKTEST_OPTIONS }, { deadlineMs });
}

const failureOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    (value) => value,
    (error: unknown) => error,
  );

let healthy: StrategyWorker;

beforeAll(async () => {
  healthy = await openStrategyWorker(handMadeStrategy(), { parameters: {}, symbols: ['AAA'], deadlineMs: PATIENT_MS });
});
afterAll(() => healthy.close());

/** One clear sentence, and the strategy that ran before goes on. */
async function expectTrap(failure: unknown, message: RegExp): Promise<void> {
  expect(failure).toBeInstanceOf(StrategyTrap);
  expect(failure).toMatchObject({ message: expect.stringMatching(/^(?:The|A) [^\n]{10,300}$/) });
  expect(failure).toMatchObject({ message: expect.stringMatching(message) });
  expect(await healthy.onBars(SLICE)).toEqual([]);
}

/** So do a strategy that starts now, and a backtest on the pool. */
async function expectHealthyPool(): Promise<void> {
  expect(await live({})).toEqual([]);
  expect((await backtest({})).trades).toEqual([]);
}

type Runner = (made: HandMade, deadlineMs?: number) => Promise<unknown>;

/** What is called, from the first moment to the last, of a strategy that sets a target and of a backtest with decisions. */
const LIVE: readonly FunctionName[] = ['_start', 'abi', 'check', 'open', 'sliceAddress', 'onBars', 'wishAddress', 'reasonOf'];
const BACKTEST: readonly FunctionName[] = [
  'optionsAddress',
  'allocate',
  'begin',
  'series',
  'advance',
  'finish',
  'resultAddress',
  'resultCount',
  'decisionReason',
];
const BUSY = { onBars: { code: i32(1) }, resultCount: { code: i32(1) } };
const EVERYWHERE: readonly { readonly name: FunctionName; readonly run: Runner }[] = [
  ...LIVE.map((name) => ({ name, run: live })),
  ...BACKTEST.map((name) => ({ name, run: backtest })),
];
const at = (name: FunctionName, body: Body, rest: HandMade = {}): HandMade => ({ ...rest, exports: { ...BUSY, [name]: body } });

describe('an endless loop is ended at its deadline, wherever it stands', () => {
  test.each(EVERYWHERE)('$name', async ({ name, run }) => {
    await expectTrap(await failureOf(run(at(name, { code: forever() }), SHORT_MS)), /took longer than [\d.]+ m?s and was ended/);
    await expectHealthyPool();
  });
});

describe('a trap comes out as the strategy’s failure, wherever it stands', () => {
  test.concurrent.each(EVERYWHERE)('$name', async ({ name, run }) => {
    await expectTrap(await failureOf(run(at(name, { code: TRAP }))), /^The strategy failed .*: unreachable$/);
  });
  test('and the pool is healthy', expectHealthyPool);
});

const SELF: HandMade = { functions: [{ code: call(0) }] };
const MUTUAL: HandMade = { functions: [{ code: call(1) }, { code: [...i32(0), DROP, ...call(0)] }] };
const LARGE: HandMade = { functions: [{ locals: 900, code: call(0) }] };

describe('recursion without end', () => {
  const kinds = [
    { kind: 'deep', rest: SELF },
    { kind: 'mutual', rest: MUTUAL },
    { kind: 'of large frames', rest: LARGE },
  ];
  const places = EVERYWHERE.filter(({ name }) => ['_start', 'onBars', 'advance'].includes(name));
  test.each(kinds.flatMap((kind) => places.map((place) => ({ ...kind, ...place }))))('$kind, in $name', async ({ rest, name, run }) => {
    await expectTrap(await failureOf(run(at(name, { code: call(0) }, rest))), /the stack overflowed/);
  });
  test('and the pool is healthy', expectHealthyPool);
});

const EIGHT = 0x08;
/** A double, or one word, stored before the answer. */
const storing = (address: number, value: readonly number[], opcode: number, answer: number): Body => ({
  code: [...i32(address), ...value, opcode, 0, 0, ...i32(answer)],
});
const STORE_I32 = 0x36;
const STORE_F64 = 0x39;
const CONVERT_I32 = 0xb7;

interface Odd {
  readonly name: FunctionName;
  readonly what: string;
  readonly body: Body;
  readonly message: RegExp;
  readonly others?: HandMade['exports'];
}

const ADDRESSES = [-EIGHT, 4, 0x7ffffff8, -0x80000000, 65_536 - EIGHT];
const odd = (name: FunctionName, values: readonly number[], message: RegExp): Odd[] =>
  values.map((value) => ({ name, what: String(value), body: { code: i32(value) }, message }));
const oddDouble = (name: FunctionName, values: readonly number[], message: RegExp): Odd[] =>
  values.map((value) => ({ name, what: `double ${value}`, body: { result: 'f64', code: f64(value) }, message }));
const oddWide = (name: FunctionName, message: RegExp): Odd => ({
  name,
  what: 'a 64-bit one',
  body: { result: 'i64', code: i64(1) },
  message,
});

const wishField = (field: keyof typeof WISH, value: number): Body => {
  const { code } = storing(WISH_AT + EIGHT * WISH[field], f64(value), STORE_F64, WISH_AT);
  return { code: [...WITHOUT_PRICES, ...code] };
};
const oddField = (field: keyof typeof WISH, values: readonly number[], message: RegExp): Odd[] =>
  values.map((value) => ({ name: 'wishAddress', what: `${field} ${value}`, body: wishField(field, value), message }));

const ODD_LIVE: readonly Odd[] = [
  ...odd('abi', [0, 99, -1], /speaks ABI/),
  ...odd('check', [0, -2, 3, 0x7ffffffe], /text address outside|text that reaches outside/),
  ...odd('open', [-1, -0x80000000], /warm-up of -\d+ bars/),
  ...oddDouble('open', [Number.NaN, Infinity, 0.5], /warm-up of/),
  ...odd('sliceAddress', ADDRESSES, /address outside its memory/),
  ...odd('onBars', [-1, 10_001, 0x7fffffff, -0x80000000], /answered -?\d+ targets and orders/),
  ...oddDouble('onBars', [Number.NaN, Infinity, 0.5], /answered .* targets and orders/),
  oddWide('onBars', /answered 1 targets and orders/),
  ...odd('wishAddress', ADDRESSES, /address outside its memory/),
  ...oddField('symbol', [-1, 1, 0x7fffffff, Number.NaN, 0.5], /symbol index/),
  ...oddField('kind', [-1, 8, 0.5, Number.NaN, Infinity], /no known kind/),
  ...oddField('measure', [-1, 4, 0.5, Number.NaN, Infinity], /no known kind/),
  ...oddField('limit', [0, -1, Infinity], /at a price of/),
  ...oddField('stopLoss', [-Infinity, -1e-9], /at a price of/),
  ...oddField('amount', [Number.NaN, Infinity, -Infinity, 1.0000001, -1e300], /target of .* between -1 and 1/),
  ...odd('reasonOf', [0, 3, -2, 0x7ffffffe], /text address outside|text that reaches outside/),
  {
    name: 'reasonOf',
    what: 'a text of two gigabytes',
    body: storing(200, i32(0x7fffffff), STORE_I32, 204),
    message: /reaches outside its memory/,
  },
];

const NAN_ROW = storing(32_768, f64(Number.NaN), STORE_F64, 0);
const ODD_BACKTEST: readonly Odd[] = [
  ...odd('optionsAddress', ADDRESSES, /address outside its memory/),
  ...odd('allocate', ADDRESSES, /address outside its memory/),
  ...odd('advance', [-1, 0, -0x80000000], /does not get on/),
  ...oddDouble('advance', [Number.NaN], /does not get on/),
  ...odd('resultAddress', ADDRESSES, /address outside its memory/),
  ...odd('resultCount', [-1, 0x7fffffff, 200_001], /address outside its memory|answered -?\d+ (?:trades|decisions)/),
  ...odd('decisionReason', [0, 3, -2, 0x7ffffffe], /text address outside|text that reaches outside/),
  { name: 'finish', what: 'rows of no number', body: NAN_ROW, message: /failed while reporting: Invalid time value/ },
];

describe('numbers, addresses and lengths that are none are refused', () => {
  test.concurrent.each(ODD_LIVE)('$name answers $what', async ({ name, body, message }) => {
    await expectTrap(await failureOf(live(at(name, body))), message);
  });
  test.concurrent.each(ODD_BACKTEST)('in a backtest $name answers $what', async ({ name, body, message }) => {
    await expectTrap(await failureOf(backtest(at(name, body))), message);
  });
  test('and the pool is healthy', expectHealthyPool);
  test('minus zero is zero', async () => {
    const [target] = await live(at('wishAddress', wishField('amount', -0)));
    expect(Object.is(target?.amount, 0)).toBe(true);
  });
});

const GROW = 0x40;
const growing = (pages: number): number[] => [...i32(pages), GROW, 0];
/** The answer to growing, -1 where it is refused, as the amount of the wish. */
const refused = (pages: number): Body => ({
  code: [...WITHOUT_PRICES, ...i32(WISH_AT + EIGHT * WISH.amount), ...growing(pages), CONVERT_I32, STORE_F64, 0, 0, ...i32(WISH_AT)],
});

describe('memory', () => {
  test('grows to its maximum and no further, under the feet of the host', async () => {
    const most = at('wishAddress', { code: [...growing(4095), DROP, ...growing(1), DROP, ...WITHOUT_PRICES, ...i32(WISH_AT)] });
    expect(await live(most)).toMatchObject([{ symbolIndex: 0, amount: 0, reason: '' }]);
    expect(await live(at('sliceAddress', { code: [...growing(1), DROP, ...i32(1024)] }))).toHaveLength(1);
    for (const name of ['allocate', 'series', 'resultAddress', 'decisionReason'] as const) {
      const answer = { allocate: 8192, series: 0, resultAddress: 32_768, decisionReason: 16 }[name];
      expect((await backtest(at(name, { code: [...growing(3), DROP, ...i32(answer)] }))).decisions).toHaveLength(1);
    }
  });

  test('4 GiB are not to be had, nor a byte beyond the end', async () => {
    for (const pages of [4096, 65_535, -1])
      expect(await live(at('wishAddress', refused(pages)))).toMatchObject([{ symbolIndex: 0, amount: -1, reason: '' }]);
    for (const address of [65_536, 0x0fffffff, 0x7fffffff, -1])
      await expectTrap(await failureOf(live(at('onBars', { code: [...i32(address), 0x2d, 0, 0] }))), /out of bounds/);
  });

  test('waiting for another thread is a trap', async () => {
    const wait = [...i32(64), ...i32(0), ...i64(-1), 0xfe, 0x01, 2, 0];
    await expectTrap(await failureOf(live(at('onBars', { code: wait }))), /failed on a bar/);
  });

  /** Every byte of the first to the last page. */
  const FILL: Body = { code: [...growing(4095), DROP, ...i32(0), ...i32(0xaa), ...i32(0x10000000), 0xfc, 0x0b, 0, ...i32(0)] };
  /** Traps at the first word that is not zero. */
  const LOOK: Body = {
    locals: 1,
    // prettier-ignore
    code: [
      ...growing(4095), DROP,
      0x03, 0x40, 0x20, 0, 0x29, 3, 0, 0x50, 0x45, 0x04, 0x40, 0x00, 0x0b,
      0x20, 0, ...i32(EIGHT), 0x6a, 0x22, 0, ...i32(0x10000000), 0x49, 0x0d, 0, 0x0b,
      ...i32(0),
    ],
  };

  test('holds nothing of a tenant before', async () => {
    const tenant: HandMade = { exports: { _start: FILL, finish: FILL } };
    const spy: HandMade = { exports: { _start: LOOK } };
    // The tenant overwrites what the host reads, too: its texts are of 2.8 billion bytes.
    await expectTrap(await failureOf(live(tenant)), /text that reaches outside its memory/);
    await expectTrap(await failureOf(backtest(tenant)), /text that reaches outside its memory/);
    const filled: HandMade = { exports: { open: FILL } };
    for (let round = 0; round < 2; round += 1) {
      expect(await live(filled)).toEqual([]);
      expect(await live(spy)).toEqual([]);
      expect((await backtest(spy)).trades).toEqual([]);
    }
    const marked = at('_start', storing(70_000 - 8192, i32(7), STORE_I32, 0));
    expect(await live(marked)).toHaveLength(1);
    const seen = { exports: { _start: { code: [...storing(40_000, i32(1), STORE_I32, 0).code, DROP, ...LOOK.code], locals: 1 } } };
    await expectTrap(await failureOf(live(seen)), /unreachable/);
  });
});

describe('floods', () => {
  const ABORT: HandMade = { imports: [importOf('env', 'abort', [0, 0])] };
  /** Calls abort and catches what the host throws. */
  const CAUGHT = [0x06, 0x40, 0x10, 0, 0x19, 0x0b];

  test('of aborts that the module catches, without end', async () => {
    await expectTrap(await failureOf(live(at('onBars', { code: forever(CAUGHT) }, ABORT), SHORT_MS)), /took longer than 300 ms/);
    await expectTrap(await failureOf(backtest(at('advance', { code: forever(CAUGHT) }, ABORT), SHORT_MS)), /took longer than 0.3 s/);
  });

  test('of ten thousand aborts is no failure when it ends', async () => {
    const count = [0x03, 0x40, ...CAUGHT, 0x20, 0, ...i32(1), 0x6a, 0x22, 0, ...i32(10_000), 0x49, 0x0d, 0, 0x0b, ...i32(0)];
    expect(await live(at('onBars', { locals: 1, code: count }, ABORT))).toEqual([]);
  });

  test('of one abort is the end of the strategy', async () => {
    const made = { types: [[0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 0]], imports: [importOf('env', 'abort', [0, FURTHER_TYPE])] };
    const abort = (message: number): Body => ({ code: [...i32(message), ...i32(0), ...i32(1), ...i32(1), 0x10, 0, ...i32(0)] });
    await expectTrap(await failureOf(live(at('onBars', abort(0), made))), /^The strategy stopped itself: aborted$/);
    await expectTrap(await failureOf(live(at('onBars', abort(-2), made))), /text address outside|text that reaches outside/);
    await expectHealthyPool();
  });

  test('of stack overflows that the module tries to catch', async () => {
    const overflow = [0x06, 0x40, ...call(0, 1), DROP, 0x19, 0x0b];
    const again: HandMade = { ...ABORT, functions: [{ code: call(0, 1) }] };
    await expectTrap(
      await failureOf(live(at('onBars', { code: forever(overflow) }, again), SHORT_MS)),
      /took longer than|stack overflowed/,
    );
  });
});
