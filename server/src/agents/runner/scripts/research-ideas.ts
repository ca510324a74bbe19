import { listAt, numberAt, textAt, textsAt } from './answers.ts';

/** A template on a symbol. */
export interface Idea {
  readonly template: string;
  readonly symbol: string;
}

/** Fewer bars say nothing of luck. */
const BARS_MIN = 400;

/** As an idea stands in the memory. */
export const triedText = ({ template, symbol }: Idea): string => `Tried ${template} on ${symbol}`;

/** Symbols to test on: those that strategies trade first, then the longest series. */
function symbolsOf(market: unknown, strategies: unknown): readonly string[] {
  const long = listAt(market, 'instruments').flatMap((instrument) => {
    const [symbol, bars] = [textAt(instrument, 'symbol'), numberAt(instrument, 'bars') ?? 0];
    return symbol === undefined || bars < BARS_MIN ? [] : [{ symbol, bars }];
  });
  const there = new Set(long.map(({ symbol }) => symbol));
  const traded = listAt(strategies, 'strategies', 'items').flatMap((strategy) => textsAt(strategy, 'symbols'));
  const rest = long.toSorted((left, right) => right.bars - left.bars).map(({ symbol }) => symbol);
  return [...new Set([...traded.filter((symbol) => there.has(symbol)), ...rest])];
}

/** Backtests that anybody ran: what they tried is not tried again. */
const wasRun = (runs: unknown, { template, symbol }: Idea): boolean =>
  listAt(runs, 'runs', 'items').some((run) => textAt(run, 'strategyName') === template && textsAt(run, 'symbols').includes(symbol));

/** Ideas that there are data for and that nobody has run, neighbours unlike each other: templates and symbols change in turn. */
export function ideasOf(market: unknown, strategies: unknown, runs: unknown): readonly Idea[] {
  const symbols = symbolsOf(market, strategies);
  const templates = listAt(strategies, 'strategyTemplates').flatMap((template) => textAt(template, 'name') ?? []);
  return templates
    .flatMap((template, row) => symbols.map((symbol, column) => ({ template, symbol, place: row + column })))
    .toSorted((left, right) => left.place - right.place)
    .map(({ template, symbol }) => ({ template, symbol }))
    .filter((idea) => !wasRun(runs, idea));
}

const AXES_MAX = 2;
const STEPS = [0.8, 1, 1.25] as const;

/** A figure beside another, with as many digits as it was written with. */
function beside(text: string, step: number): string {
  const value = Number(text) * step;
  return text.includes('.') ? String(Number(value.toPrecision(4))) : String(Math.max(1, Math.round(value)));
}

/** A small grid around what a run was set to, nine sets at most; none where it has no figures to turn. */
export function gridAround(parameters: readonly unknown[]): readonly string[] {
  const figures = parameters.flatMap((parameter) => {
    const [name, value] = [textAt(parameter, 'name'), textAt(parameter, 'value')];
    return name === undefined || value === undefined || !(Number(value) > 0) ? [] : [{ name, value }];
  });
  return figures.slice(0, AXES_MAX).map(({ name, value }) => `${name}=${[...new Set(STEPS.map((step) => beside(value, step)))].join(',')}`);
}
