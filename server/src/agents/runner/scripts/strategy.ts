import { daysBetween, figure, listAt, numberAt, percent, said, textAt, textsAt, valueAt } from './answers.ts';
import { ask, askAll, rememberFact, reportOf } from './course.ts';
import type { Course } from './course.ts';
import { badgesInWords, COSTS, figuresInWords, figuresOf, queuedId, untilEnded } from './queued-work.ts';
import type { Ended, RunFigures } from './queued-work.ts';
import { changesOf } from './source-change.ts';
import type { SourceChange } from './source-change.ts';

const DAYS_A_YEAR = 365.25;
/** How sure it has to be that a change is more than luck, over all changes that were tried. */
const LUCK_MAX = 0.05;
/** As many as one turn asks the memory about. */
const CHANGES_MAX = 8;
/** Badges of a backtest that nothing is built on. */
const NOT_TO_RELY_ON: ReadonlySet<string> = new Set(['overfit', 'fewer than 30 trades', 'one trade makes it', 'could be luck']);

interface Chosen {
  readonly id: string;
  readonly name: string;
  readonly symbol: string;
  readonly source: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export const triedChange = (id: string, { parameter, from, to }: Pick<SourceChange, 'parameter' | 'from' | 'to'>): string =>
  `Changed ${parameter} of ${id} from ${from} to ${to}`;

/**
 * How much better a Sharpe ratio has to be than another of the same span, to be more than luck: the standard error of a Sharpe ratio over so many years
 * (Lo 2002: √((1 + S²/2) / years)), times the bound of Chernoff for the best of so many tries at 5 %.
 */
export const sharpeGainMin = (sharpe: number, years: number, tries: number): number =>
  Math.sqrt((1 + sharpe ** 2 / 2) / years) * Math.sqrt(2 * Math.log(Math.max(1, tries) / LUCK_MAX));

/** Why a change is not proposed; nothing where it is better by more than luck. */
export function problemsOf(before: RunFigures, after: RunFigures, years: number | undefined, tries: number): readonly string[] {
  if (before.sharpe === undefined || after.sharpe === undefined || years === undefined || years <= 0)
    return ['one of the two has no Sharpe ratio, so they cannot be compared'];
  const [gain, gainMin] = [after.sharpe - before.sharpe, sharpeGainMin(after.sharpe, years, tries)];
  const warned = after.badges.filter((badge) => NOT_TO_RELY_ON.has(badge));
  const deeper = Math.abs(after.maxDrawdown ?? 1) > Math.abs(before.maxDrawdown ?? 0);
  return [
    ...(gain < gainMin
      ? [
          `its Sharpe ratio is ${figure(Math.abs(gain))} ${gain < 0 ? 'lower' : 'higher'}, and over ${figure(years, 1)} years and ${tries} tries luck alone may add ${figure(gainMin)}`,
        ]
      : []),
    ...((after.totalReturn ?? -1) <= (before.totalReturn ?? 0) ? ['its return is no higher'] : []),
    ...(deeper ? ['its drawdown is deeper'] : []),
    ...(warned.length > 0 ? [`its backtest is marked: ${warned.join('; ')}`] : []),
  ];
}

/** The symbol of a strategy that has most bars. */
function symbolOf(strategy: unknown, market: unknown): string | undefined {
  const bars = new Map(listAt(market, 'instruments').map((one) => [textAt(one, 'symbol'), numberAt(one, 'bars') ?? 0]));
  const [longest] = textsAt(strategy, 'symbols').toSorted((left, right) => (bars.get(right) ?? 0) - (bars.get(left) ?? 0));
  return longest !== undefined && (bars.get(longest) ?? 0) > 0 ? longest : undefined;
}

/** A strategy with its source, or why it cannot be changed. */
function* read(listed: unknown, market: unknown): Course<Chosen | string> {
  const [id, symbol] = [textAt(listed, 'id'), symbolOf(listed, market)];
  const name = said(valueAt(listed, 'name'));
  if (id === undefined || symbol === undefined) return `${name} has no symbol with bars.`;
  const { data, text } = yield* ask(`I read ${name} and its source.`, 'get_strategy', { id, source: true });
  const source = textAt(data, 'strategy', 'source');
  if (source === undefined) return `The source of ${name} could not be read: ${data === undefined ? text : 'the answer has none.'}`;
  // A text that was cut off does not compile, and would not be the one that trades.
  if (textAt(data, 'shortened') !== undefined) return `The source of ${name} is longer than an answer, so I cannot change it.`;
  const parameters = listAt(data, 'strategy', 'parameters').flatMap((one): [string, string][] => {
    const [parameter, value] = [textAt(one, 'name'), textAt(one, 'value')];
    return parameter === undefined || value === undefined ? [] : [[parameter, value]];
  });
  return { id, name, symbol, source, parameters: new Map(parameters) };
}

/** The first change that was not tried, and how many were. */
function* nextChange(chosen: Chosen): Course<{ readonly change: SourceChange | undefined; readonly tried: number } | string> {
  const changes = changesOf(chosen.source, chosen.parameters).slice(0, CHANGES_MAX);
  if (changes.length === 0) return { change: undefined, tried: 0 };
  const calls = changes.map((change) => ({
    tool: 'recall',
    arguments: { query: `"${triedChange(chosen.id, change)}"`, kind: 'FACT', first: 5 },
  }));
  const answers = yield* askAll('I look which changes I have tried before.', calls);
  const refused = answers.find(({ data }) => data === undefined);
  if (refused !== undefined) return `What I kept could not be recalled, and a change tried twice counts twice: ${refused.text}`;
  const wasTried = (change: SourceChange, at: number): boolean =>
    listAt(answers[at]?.data, 'agentMemory', 'items').some((item) =>
      (textAt(item, 'text') ?? '').startsWith(`${triedChange(chosen.id, change)}:`),
    );
  const tried = changes.filter(wasTried).length;
  return { change: changes.find((change, at) => !wasTried(change, at)), tried };
}
/** Runs one backtest to its end. */
function* test(text: string, given: Readonly<Record<string, unknown>>): Course<Ended & { readonly version?: string | undefined }> {
  const answer = yield* ask(text, 'run_backtest', { ...given, ...COSTS });
  const queued = queuedId(answer, 'runBacktest', 'run');
  if (!queued.ok) return queued;
  const version = textAt(answer.data, 'runBacktest', 'run', 'version');
  return { ...(yield* untilEnded('run', String(queued.value))), version };
}

interface Compared {
  readonly sentences: readonly string[];
  /** Of the module that is worth proposing; nothing where none is. */
  readonly version: string | undefined;
  readonly fact: string;
}

/** The strategy as it trades beside the one that is changed, on the same bars. */
function* compare({ id, symbol, parameters }: Chosen, change: SourceChange, tries: number, to: string | undefined): Course<Compared> {
  const span = { symbol, ...(to === undefined ? {} : { to }) };
  const none = (because: string): Compared => ({ sentences: [because], version: undefined, fact: 'it gave no result' });
  const before = yield* test(`First as it trades, on ${symbol}.`, { ...span, strategyId: id });
  if (!before.ok) return none(`The strategy as it trades gave no result: ${before.because}`);
  const others = [...parameters].filter(([name]) => name !== change.parameter).map(([name, value]) => ({ name, value }));
  const given = { ...span, source: change.source, parameters: others };
  const after = yield* test(`Now with ${change.parameter} ${change.to} in its source.`, given);
  if (!after.ok) return none(`The changed source gave no result: ${after.because}`);
  const [was, is] = [figuresOf(before.value), figuresOf(after.value)];
  const days = daysBetween(valueAt(after.value, 'from'), valueAt(after.value, 'to'));
  const problems = problemsOf(was, is, days === undefined ? undefined : days / DAYS_A_YEAR, tries);
  return {
    sentences: [
      `As it trades (run ${said(valueAt(before.value, 'id'))}): ${figuresInWords(was)}.`,
      `Changed (run ${said(valueAt(after.value, 'id'))}): ${figuresInWords(is)}. ${badgesInWords(is.badges)}`,
      ...(problems.length === 0 ? [] : [`I propose nothing: ${problems.join('; ')}.`]),
    ],
    version: problems.length === 0 ? after.version : undefined,
    fact: `return ${percent(is.totalReturn)}, Sharpe ratio ${figure(is.sharpe)}, before ${figure(was.sharpe)}; ${problems.length === 0 ? 'better by more than luck' : 'not better by more than luck'}`,
  };
}

function* propose(source: string, version: string): Course {
  const { data, text } = yield* ask('It is better by more than luck: I propose the version.', 'propose_version', { source, version });
  return data === undefined
    ? `It is better by more than luck, and the version could not be kept: ${text}`
    : `It is better by more than luck: I proposed the version ${said(valueAt(data, 'saveStrategyVersion', 'version'))}. Nothing trades by it until a person configures it.`;
}

const WHAT = 'One change of a strategy tried';
/** How many strategies are read before the run gives up. */
const STRATEGIES_MAX = 2;

/** Changes one figure in the source of one strategy, and proposes the version only where it is better by more than luck. */
export function* strategyCourse(): Course {
  const [overview, strategies, market] = yield* askAll('I look at the strategies and the data.', [
    { tool: 'get_overview', arguments: {} },
    { tool: 'list_strategies', arguments: {} },
    { tool: 'get_market_data', arguments: {} },
  ]);
  if (strategies?.data === undefined) return reportOf(WHAT, [`I could not read the strategies: ${strategies?.text ?? ''}`]);
  const sentences: string[] = [];
  for (const listed of listAt(strategies.data, 'strategies', 'items').slice(0, STRATEGIES_MAX)) {
    const chosen = yield* read(listed, market?.data);
    if (typeof chosen === 'string') {
      sentences.push(chosen);
      continue;
    }
    const next = yield* nextChange(chosen);
    if (typeof next === 'string') return reportOf(WHAT, [...sentences, next]);
    const { change, tried } = next;
    if (change === undefined) {
      sentences.push(
        tried === 0 ? `The source of ${chosen.name} has no figure to change.` : `Every small change of ${chosen.name} was tried before.`,
      );
      continue;
    }
    const compared = yield* compare(chosen, change, tried + 1, textAt(overview?.data, 'overview', 'asOf'));
    const proposed = compared.version === undefined ? [] : [yield* propose(change.source, compared.version)];
    const kept = yield* rememberFact(`${triedChange(chosen.id, change)}: ${compared.fact}.`, [chosen.id]);
    const what = `${chosen.name}: ${change.parameter} in its source from ${change.from} to ${change.to}, on ${chosen.symbol}, the try ${tried + 1} on it.`;
    return reportOf(WHAT, [...sentences, what, ...compared.sentences, ...proposed, ...kept]);
  }
  return reportOf(WHAT, [...(sentences.length === 0 ? ['There is no strategy.'] : sentences), 'I changed nothing.']);
}
