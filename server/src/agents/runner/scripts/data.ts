import { dayOf, listAt, numberAt, said, textAt, textsAt, valueAt } from './answers.ts';
import { askAll, rememberFact, reportOf } from './course.ts';
import type { Course, ScriptedAnswer } from './course.ts';
import { ofFeed, ofHealth, ofNewestBars, ofReach } from './data-findings.ts';
import type { Finding, NeededSeries } from './data-findings.ts';

/** How many series are looked at bar by bar: what one answer and one reader can take. */
const SERIES_MAX = 8;
/** Of each: so few that an answer is not shortened, which would leave out the newest. */
const BARS = 12;
const FINDINGS_MAX = 10;

/** What strategies need: each symbol once with each timeframe. */
function neededSeries(strategies: unknown): readonly NeededSeries[] {
  const all = listAt(strategies, 'strategies', 'items').flatMap((strategy) =>
    textsAt(strategy, 'symbols').map((symbol) => ({ symbol, timeframe: textAt(strategy, 'timeframe') ?? 'DAY1' })),
  );
  return [...new Map(all.map((series) => [`${series.symbol} ${series.timeframe}`, series])).values()];
}

/** How far a symbol's daily bars reached. */
interface Reach {
  readonly symbol: string;
  readonly bars: number;
  readonly to: string;
}

const reachesOf = (instruments: readonly unknown[], symbols: ReadonlySet<string>): readonly Reach[] =>
  instruments.flatMap((instrument) => {
    const [symbol, bars, to] = [textAt(instrument, 'symbol'), numberAt(instrument, 'bars'), dayOf(valueAt(instrument, 'to'))];
    return symbol === undefined || bars === undefined || to === undefined || !symbols.has(symbol) ? [] : [{ symbol, bars, to }];
  });

const REMEMBERED = /^Data on (\S+): /;
const REACH = /(\S+) (\d+) bars to (\d{4}-\d{2}-\d{2})/g;

const factOf = (day: string, reaches: readonly Reach[]): string =>
  `Data on ${day}: ${reaches.map(({ symbol, bars, to }) => `${symbol} ${bars} bars to ${to}`).join('; ')}.`;

/** What changed since the fact that it kept last time. */
function changesSince(recalled: ScriptedAnswer | undefined, reaches: readonly Reach[]): string {
  if (recalled?.data === undefined) return `What I kept could not be recalled: ${recalled?.text ?? 'it was not answered.'}`;
  const fact = listAt(recalled.data, 'agentMemory', 'items')
    .map((item) => textAt(item, 'text') ?? '')
    .find((text) => REMEMBERED.test(text));
  if (fact === undefined) return 'I remember no earlier look, so nothing can be compared.';
  const before = new Map([...fact.matchAll(REACH)].map(([, symbol = '', bars, to]) => [symbol, { bars: Number(bars), to }]));
  const changed = reaches.flatMap(({ symbol, bars, to }) => {
    const was = before.get(symbol);
    if (was === undefined) return [`${symbol} is new`];
    if (was.bars === bars && was.to === to) return [];
    const more = bars - was.bars;
    return [
      `${symbol} has ${more >= 0 ? `${more} bars more` : `${-more} bars FEWER`} and reaches to ${to}, before to ${was.to ?? 'nothing'}`,
    ];
  });
  const gone = [...before.keys()]
    .filter((symbol) => !reaches.some((reach) => reach.symbol === symbol))
    .map((symbol) => `${symbol} is gone`);
  const day = REMEMBERED.exec(fact)?.[1] ?? '';
  return changed.length + gone.length === 0
    ? `Since the look of ${day} no series has changed.`
    : `Since the look of ${day}: ${[...changed, ...gone].join('; ')}.`;
}

function inWords(findings: readonly Finding[]): readonly string[] {
  const sorted = findings.toSorted((left, right) => right.weight - left.weight);
  const beyond = sorted.length - FINDINGS_MAX;
  return [
    ...sorted.slice(0, FINDINGS_MAX).map(({ text }, at) => `${at + 1}. ${text}`),
    ...(beyond > 0 ? [`And ${beyond} more that weigh less.`] : []),
  ];
}

/** Newest bars of the first series that are needed, looked at in one turn. */
function* lookAtBars(needed: readonly NeededSeries[]): Course<readonly Finding[]> {
  if (needed.length === 0) return [];
  const calls = needed.map(({ symbol, timeframe }) => ({ tool: 'get_market_data', arguments: { symbol, timeframe, last: BARS } }));
  const answers = yield* askAll(`I look at the newest bars of ${needed.length} series.`, calls);
  return needed.flatMap((series, at) => {
    const answer = answers[at];
    if (answer?.data !== undefined) return ofNewestBars(series, answer.data);
    return [{ weight: 8, text: `${series.symbol} ${series.timeframe} could not be read: ${answer?.text ?? 'it was not answered.'}` }];
  });
}

/** Symbols of which the answer can say how far they reach: in one that was shortened, only those that it names. */
function listedOf(market: unknown, symbols: ReadonlySet<string>): readonly string[] {
  const named = new Set(listAt(market, 'instruments').map((instrument) => textAt(instrument, 'symbol')));
  return [...symbols].filter((symbol) => textAt(market, 'shortened') === undefined || named.has(symbol));
}

const WHAT = 'Look at the data';

/** How far the series of strategies reach, their gaps and how fresh they are, and what changed since the last look. */
export function* dataCourse(): Course {
  const [market, strategies, health, recalled] = yield* askAll('I look at series, strategies and health, and at what I kept last time.', [
    { tool: 'get_market_data', arguments: {} },
    { tool: 'list_strategies', arguments: {} },
    { tool: 'get_health', arguments: {} },
    { tool: 'recall', arguments: { kind: 'FACT', first: 1 } },
  ]);
  if (market?.data === undefined) return reportOf(WHAT, [`I could not read which series there are: ${market?.text ?? ''}`]);
  if (strategies?.data === undefined) return reportOf(WHAT, [`I could not read which series strategies need: ${strategies?.text ?? ''}`]);
  const instruments = listAt(market.data, 'instruments');
  const needed = neededSeries(strategies.data);
  const symbols = new Set(needed.map(({ symbol }) => symbol));
  const reaches = reachesOf(instruments, symbols);
  const looked = needed.slice(0, SERIES_MAX);
  const findings = [
    ...listedOf(market.data, symbols).flatMap((symbol) => ofReach(symbol, instruments)),
    ...(yield* lookAtBars(looked)),
    ...ofFeed(valueAt(market.data, 'overview')),
    ...(health?.data === undefined ? [{ weight: 2, text: `Health could not be read: ${health?.text ?? ''}` }] : ofHealth(health.data)),
  ];
  const day = dayOf(valueAt(market.data, 'overview', 'asOf'));
  const kept = day === undefined || reaches.length === 0 ? [] : yield* rememberFact(factOf(day, reaches));
  return reportOf(WHAT, [
    needed.length === 0
      ? `No strategy trades anything, so nothing is needed; ${instruments.length} series are there.`
      : `Strategies need ${needed.length} series of ${symbols.size} symbols. The day is ${said(day)}.`,
    ...(findings.length === 0 ? ['Nothing is missing, nothing is old, and no gap or jump was found.'] : inWords(findings)),
    ...(needed.length > looked.length ? [`Of ${needed.length - looked.length} series I did not look at the bars.`] : []),
    changesSince(recalled, reaches),
    ...kept,
  ]);
}
