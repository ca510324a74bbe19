import { listAt, numberAt, percent, said, textAt, textsAt, valueAt } from './answers.ts';
import { ask, askAll, rememberFact, reportOf } from './course.ts';
import type { Course } from './course.ts';
import { badgesInWords, figuresInWords, figuresOf } from './queued-work.ts';

/** How far a stop is from the price. */
const STOP_DISTANCE = 0.05;
/** What an order of an idea costs at most, of equity. */
const SIZE_RATIO = 0.005;
/** One unit may cost more than that, and this is the most. */
const SIZE_RATIO_MAX = 0.02;
const EXPIRES_IN_MINUTES = 1_440;
const IDEAS_MAX = 3;
/** What was refused so often is asked for no more. */
const REFUSALS_MAX = 10;

interface Asked {
  /** What it rests on: the same again is the same proposal. */
  readonly basis: string;
  readonly about: readonly string[];
  readonly order: Readonly<Record<string, unknown>>;
  readonly inWords: string;
}

/** Cents suffice where a price has that many dollars; below one it needs more digits. */
const priceText = (price: number): string => (price >= 1 ? price.toFixed(2) : price.toPrecision(4));

const triedText = (basis: string): string => `Proposed for ${basis}`;

/** As an idempotency key is written: 128 characters of printable ASCII without spaces. */
export const keyOf = (basis: string, attempt: number): string => `${basis}-try-${attempt}`.replaceAll(/[^\x21-\x7e]+/g, '-').slice(-128);

/** How often a proposal on this basis was refused; nothing where one was taken, or the memory cannot be read. */
function* refusedBefore(basis: string): Course<{ readonly refused: number } | { readonly because: string }> {
  const { data, text } = yield* ask('I look whether I proposed it before.', 'recall', {
    query: `"${triedText(basis)}"`,
    kind: 'FACT',
    first: REFUSALS_MAX,
  });
  if (data === undefined) return { because: `What I kept could not be recalled, so I propose nothing: ${text}` };
  const facts = listAt(data, 'agentMemory', 'items')
    .map((item) => textAt(item, 'text') ?? '')
    .filter((fact) => fact.startsWith(`${triedText(basis)}:`));
  const taken = facts.find((fact) => !fact.endsWith(': refused.'));
  if (taken !== undefined) return { because: `I have asked for that before (${taken}), and ask once.` };
  if (facts.length >= REFUSALS_MAX) return { because: `I was refused that ${REFUSALS_MAX} times, and ask no more.` };
  return { refused: facts.length };
}

/** Asks people for one order, once for what it rests on: a run that is repeated asks for the same one. */
function* propose({ basis, about, order, inWords }: Asked): Course<readonly string[]> {
  const before = yield* refusedBefore(basis);
  if ('because' in before) return [`${inWords}: not proposed. ${before.because}`];
  // What was refused stays refused under its key: the next try has another one.
  const idempotencyKey = keyOf(basis, before.refused + 1);
  const given = { ...order, idempotencyKey, expiresInMinutes: EXPIRES_IN_MINUTES };
  const { data, text } = yield* ask(`I ask people for it: ${inWords}.`, 'propose_order', given);
  const recommendation = valueAt(data, 'proposeOrder', 'recommendation');
  // A key that was used belongs to a proposal that was taken, whatever else is asked now.
  const isTaken = data !== undefined || text.includes('idempotency key was used');
  const kept = yield* rememberFact(`${triedText(basis)}: ${isTaken ? said(valueAt(recommendation, 'id')) : 'refused'}.`, about);
  return data === undefined
    ? [`I asked for ${inWords}, and was refused: ${text}`, ...kept]
    : [
        `I proposed ${inWords}. It waits on the page Approvals until ${said(valueAt(recommendation, 'expiresAt'))}; a person decides.`,
        ...kept,
      ];
}

/** Positions that no strategy looks after and that no stop bounds, the most valuable first. */
const unprotected = (positions: unknown, waits: ReadonlySet<string | undefined>): readonly unknown[] =>
  listAt(positions, 'positions', 'items')
    .filter((position) => listAt(position, 'stops').length === 0 && listAt(position, 'strategies').length === 0)
    .filter((position) => !waits.has(textAt(position, 'symbol')) && (numberAt(position, 'mark') ?? 0) > 0)
    .toSorted((left, right) => Math.abs(numberAt(right, 'value') ?? 0) - Math.abs(numberAt(left, 'value') ?? 0));

/** A stop for a position that has none. */
function stopFor(position: unknown): Asked | undefined {
  const [symbol, mark] = [textAt(position, 'symbol'), numberAt(position, 'mark')];
  const quantity = textAt(position, 'quantity')?.replace(/^-/, '');
  if (symbol === undefined || mark === undefined || quantity === undefined) return undefined;
  const isShort = textAt(position, 'side') === 'short';
  const stopPrice = priceText(mark * (isShort ? 1 + STOP_DISTANCE : 1 - STOP_DISTANCE));
  const opened = said(valueAt(position, 'openedAt'));
  const explanation = `The position of ${quantity} ${symbol} has no stop, and no strategy looks after it. A stop ${percent(STOP_DISTANCE)} from its mark ${priceText(mark)} bounds what it can lose.`;
  return {
    basis: `stop for ${symbol} opened ${opened} quantity ${quantity}`,
    about: [],
    order: {
      symbol,
      side: isShort ? 'BUY' : 'SELL',
      quantity,
      type: 'STOP',
      stopPrice,
      explanation,
      sources: [`position ${symbol} opened ${opened}`],
    },
    inWords: `a stop at ${stopPrice} for ${quantity} ${symbol}`,
  };
}

/** Backtests that are done and about one symbol, those first whose symbol is not held; each newest first. */
function ideasIn(
  runs: unknown,
  positions: unknown,
  waits: ReadonlySet<string | undefined>,
): readonly { readonly id: string; readonly symbol: string }[] {
  const held = new Set(listAt(positions, 'positions', 'items').map((position) => textAt(position, 'symbol')));
  const done = listAt(runs, 'runs', 'items').flatMap((run) => {
    const [id, [symbol, ...others]] = [textAt(run, 'id'), textsAt(run, 'symbols')];
    if (textAt(run, 'state') !== 'DONE' || id === undefined || symbol === undefined || others.length > 0) return [];
    return waits.has(symbol) ? [] : [{ id, symbol }];
  });
  return [...done.filter(({ symbol }) => !held.has(symbol)), ...done.filter(({ symbol }) => held.has(symbol))];
}

/** A small entry on what a backtest says, or why not. */
function entryOn(idea: { readonly id: string; readonly symbol: string }, run: unknown, bars: unknown, equity: number): Asked | string {
  const { id, symbol } = idea;
  const figures = figuresOf(run);
  const strategy = said(valueAt(run, 'strategyName'));
  if (!((figures.totalReturn ?? 0) > 0)) return `Run ${id} of ${strategy} on ${symbol} gained nothing (${figuresInWords(figures)}).`;
  const price = numberAt(listAt(bars, 'series', 'bars').at(-1), 'c');
  if (price === undefined || price <= 0) return `There is no price of ${symbol}.`;
  const quantity = Math.max(1, Math.floor((equity * SIZE_RATIO) / price));
  if (quantity * price > equity * SIZE_RATIO_MAX) return `One unit of ${symbol} is more than ${percent(SIZE_RATIO_MAX)} of equity.`;
  const protectiveStop = priceText(price * (1 - STOP_DISTANCE));
  const explanation = [
    `${strategy} on ${symbol} in the backtest ${id}: ${figuresInWords(figures)}. ${badgesInWords(figures.badges)}`,
    `${quantity} units at about ${priceText(price)} are ${percent((quantity * price) / equity)} of equity, with a stop at ${protectiveStop}.`,
    'A script proposes it on an account without real money, to show the way of an order. A backtest that gained is no promise.',
  ].join('\n');
  return {
    basis: `run ${id}`,
    about: [id],
    order: { symbol, side: 'BUY', quantity: String(quantity), type: 'MARKET', protectiveStop, explanation, sources: [id] },
    inWords: `a purchase of ${quantity} ${symbol} with a stop at ${protectiveStop}, on run ${id}`,
  };
}

/** A small order on the newest backtest that gained. */
function* proposeIdea(positions: unknown, waits: ReadonlySet<string | undefined>, equity: number | undefined): Course<readonly string[]> {
  if (equity === undefined || equity <= 0) return ['Equity is not known, so I cannot size an order.'];
  const { data: runs, text } = yield* ask('I look for a backtest to rest an order on.', 'get_runs', { first: 20 });
  if (runs === undefined) return [`Backtests could not be read: ${text}`];
  const ideas = ideasIn(runs, positions, waits).slice(0, IDEAS_MAX);
  if (ideas.length === 0)
    return ['There is no backtest of one symbol that is done and for which nothing waits already, so there is nothing to propose.'];
  const sentences: string[] = [];
  for (const idea of ideas) {
    const [run, bars] = yield* askAll(`I read run ${idea.id} and the price of ${idea.symbol}.`, [
      { tool: 'get_runs', arguments: { id: idea.id } },
      { tool: 'get_market_data', arguments: { symbol: idea.symbol, last: 5 } },
    ]);
    const asked = entryOn(idea, valueAt(run?.data, 'run'), bars?.data, equity);
    if (typeof asked !== 'string') return [...sentences, ...(yield* propose(asked))];
    sentences.push(asked);
  }
  return [...sentences, 'I proposed nothing.'];
}

const WHAT = 'Look for an order';

/** Proposes at most one order: a stop for a position that has none, or, where no real money is at stake, a small entry on a backtest. */
export function* executionCourse(): Course {
  const [overview, positions, proposals] = yield* askAll('I look at the account, its positions and what waits.', [
    { tool: 'get_overview', arguments: {} },
    { tool: 'list_positions', arguments: { first: 50 } },
    { tool: 'list_proposals', arguments: {} },
  ]);
  const unread = [overview, positions, proposals].find((answer) => answer?.data === undefined);
  if (unread !== undefined) return reportOf(WHAT, [`I could not read ${unread.tool}, so I proposed nothing: ${unread.text}`]);
  const now = valueAt(overview?.data, 'overview');
  const state = textAt(now, 'tradingState');
  if (state !== 'ACTIVE') return reportOf(WHAT, [`Trading is ${said(state)}, so I proposed nothing.`]);
  if (valueAt(now, 'market', 'isOpen') !== true)
    return reportOf(WHAT, ['The market is closed, and the gate would deny an order, so I proposed nothing. Run me again when it is open.']);
  const waits = new Set(listAt(proposals?.data, 'recommendations', 'items').map((one) => textAt(one, 'symbol')));
  const byStrategies = listAt(positions?.data, 'positions', 'items').filter(
    (position) => listAt(position, 'stops').length === 0 && listAt(position, 'strategies').length > 0,
  );
  const left =
    byStrategies.length === 0
      ? []
      : [`Positions of strategies without a stop: ${byStrategies.length}. Strategies decide on their exits themselves.`];
  const [position] = unprotected(positions?.data, waits);
  const stop = stopFor(position);
  if (stop !== undefined) return reportOf(WHAT, [...(yield* propose(stop)), ...left]);
  const mode = said(textAt(now, 'mode'));
  if (mode !== 'SIMULATED' && mode !== 'PAPER')
    return reportOf(WHAT, [
      'Every position that no strategy looks after has a stop. With real money a script proposes nothing else.',
      ...left,
    ]);
  return reportOf(WHAT, [...(yield* proposeIdea(positions?.data, waits, numberAt(now, 'equity'))), ...left]);
}
