import { DSR_MIN, PBO_MAX } from '../../../backtests/selection.ts';
import { dayOf, figure, listAt, numberAt, percent, said, textAt, valueAt } from './answers.ts';
import { ask, askAll, rememberFact, reportOf } from './course.ts';
import type { Course } from './course.ts';
import { badgesInWords, COSTS, figuresInWords, figuresOf, queuedId, untilEnded } from './queued-work.ts';
import { gridAround, ideasOf, triedText } from './research-ideas.ts';
import type { Idea } from './research-ideas.ts';

/** How many ideas the memory is asked about at once, and how often. */
const ASKED_AT_ONCE = 8;
const ASKED_TIMES_MAX = 2;
/** How many ideas may be refused before the run gives up. */
const REFUSED_MAX = 2;

const isIn = (text: string, fact: string): boolean => text.startsWith(`${fact} `) || text.startsWith(`${fact}:`);

/** Ideas that the memory knows nothing of, the first of them. */
function* untried(ideas: readonly Idea[]): Course<readonly Idea[]> {
  for (let time = 0; time < ASKED_TIMES_MAX; time += 1) {
    const some = ideas.slice(time * ASKED_AT_ONCE, (time + 1) * ASKED_AT_ONCE);
    if (some.length === 0) return [];
    const calls = some.map((idea) => ({ tool: 'recall', arguments: { query: `"${triedText(idea)}"`, kind: 'FACT', first: 5 } }));
    const answers = yield* askAll('I look what I have tried before.', calls);
    const left = some.filter((idea, at) => {
      const data = answers[at]?.data;
      return data !== undefined && !listAt(data, 'agentMemory', 'items').some((item) => isIn(textAt(item, 'text') ?? '', triedText(idea)));
    });
    if (left.length > 0) return left;
  }
  return [];
}

interface Queued {
  readonly idea: Idea;
  readonly id: string;
}

/** Queues a backtest of the first idea that is not refused. What was refused is left alone for a day, which is as long as a used-up budget lasts. */
function* queueFirst(ideas: readonly Idea[], to: string | undefined, sentences: string[]): Course<Queued | undefined> {
  for (const idea of ideas.slice(0, REFUSED_MAX)) {
    const { template, symbol } = idea;
    // The venue of a replay is in the past: what comes after its now is not known there yet.
    const given = { symbol, template, ...COSTS, ...(to === undefined ? {} : { to }) };
    const queued = queuedId(yield* ask(`I test ${template} on ${symbol}, with costs.`, 'run_backtest', given), 'runBacktest', 'run');
    if (queued.ok) return { idea, id: String(queued.value) };
    const kept = yield* rememberFact(`${triedText(idea)}: it was refused.`, [], 1);
    sentences.push(`${template} on ${symbol} was refused: ${queued.because}`, ...kept);
  }
  return undefined;
}

interface Swept {
  readonly id: string | undefined;
  readonly sentences: readonly string[];
  /** What the fact of it says of luck. */
  readonly verdict: string;
}

const NOT_JUDGED = 'how much of it is luck is not known';

/** What the answer says of luck: the deflated Sharpe ratio, the trials and the overfitting of the search. */
function judged(id: string, sweep: unknown): Swept {
  const [dsr, pbo, trials] = (['dsr', 'pbo', 'trials'] as const).map((name) => numberAt(sweep, 'selection', name));
  const best = listAt(sweep, 'best')[0];
  const set = listAt(best, 'parameters').map((parameter) => `${said(valueAt(parameter, 'name'))}=${said(valueAt(parameter, 'value'))}`);
  const inWords = figuresInWords({
    totalReturn: numberAt(best, 'totalReturn'),
    sharpe: numberAt(best, 'sharpe'),
    maxDrawdown: numberAt(best, 'maxDrawdown'),
    trades: numberAt(best, 'trades'),
  });
  const isNoise = pbo !== undefined && pbo > PBO_MAX;
  const against = [
    ...(dsr !== undefined && dsr >= DSR_MIN
      ? []
      : [`${percent(DSR_MIN)} is asked of the deflated Sharpe ratio, and it is ${percent(dsr)}`]),
    ...(isNoise ? [`its search is overfit with a probability of ${percent(pbo)}`] : []),
  ];
  const verdict =
    dsr === undefined
      ? NOT_JUDGED
      : `deflated Sharpe ratio ${figure(dsr)} after ${figure(trials, 0)} trials, ${against.length === 0 ? 'more than luck' : 'may well be luck'}`;
  const judgement =
    against.length === 0
      ? 'It is more than the luck of the search: worth a person’s look, on other spans and with a walk-forward.'
      : `I would not rely on it: ${against.join('; ')}.`;
  return {
    id,
    verdict,
    sentences: [
      `The best of a sweep around it (${id}) is ${set.join(' ')}: ${inWords}.`,
      said(valueAt(sweep, 'selection', 'sentence')),
      judgement,
    ],
  };
}

/** A small sweep around what was tested. */
function* sweepAround({ template, symbol }: Idea, parameters: readonly unknown[], to: string | undefined): Course<Swept> {
  const none = (because: string, id?: string): Swept => ({ id, sentences: [`There is no sweep: ${because}`], verdict: NOT_JUDGED });
  const grid = gridAround(parameters);
  if (grid.length === 0) return none('it has no figures to turn.');
  const given = { symbol, template, grid, ...COSTS, ...(to === undefined ? {} : { to }) };
  const queued = queuedId(yield* ask(`I try a few sets around it: ${grid.join(', ')}.`, 'run_sweep', given), 'startSweep', 'sweep');
  if (!queued.ok) return none(queued.because);
  const id = String(queued.value);
  const ended = yield* untilEnded('sweep', id);
  return ended.ok ? judged(id, ended.value) : none(ended.because, id);
}

const WHAT = 'One idea tried';

/** Tries one idea that nobody has tried: a backtest, a small sweep, and what they say of luck. */
export function* researchCourse(): Course {
  const [overview, market, strategies, runs] = yield* askAll('I look at what there is: data, templates, and what was tried.', [
    { tool: 'get_overview', arguments: {} },
    { tool: 'get_market_data', arguments: {} },
    { tool: 'list_strategies', arguments: {} },
    { tool: 'get_runs', arguments: { first: 20 } },
  ]);
  if (market?.data === undefined || strategies?.data === undefined)
    return reportOf(WHAT, [
      `I could not read what there is, so I tried nothing: ${(market?.data === undefined ? market : strategies)?.text ?? ''}`,
    ]);
  const all = ideasOf(market.data, strategies.data, runs?.data);
  if (all.length === 0) return reportOf(WHAT, ['There is no template with enough bars that was not run already, so I tried nothing.']);
  const ideas = yield* untried(all);
  if (ideas.length === 0)
    return reportOf(WHAT, [
      'I found no idea among the next that I have not tried before, or my memory could not be read. I tried nothing.',
    ]);
  const to = textAt(overview?.data, 'overview', 'asOf');
  const sentences: string[] = [];
  const queued = yield* queueFirst(ideas, to, sentences);
  if (queued === undefined) return reportOf(WHAT, [...sentences, 'I tried no more.']);
  const { idea, id } = queued;
  const tested = yield* untilEnded('run', id);
  const fact = `${triedText(idea)} up to ${dayOf(to) ?? 'the newest bar'}`;
  if (!tested.ok) {
    const kept = yield* rememberFact(`${fact}: nothing came of it.`, [id]);
    return reportOf(WHAT, [...sentences, `${idea.template} on ${idea.symbol} gave no result: ${tested.because}`, ...kept]);
  }
  const figures = figuresOf(tested.value);
  const swept = yield* sweepAround(idea, listAt(tested.value, 'parameters'), to);
  const kept = yield* rememberFact(`${fact}: ${figuresInWords(figures)}; ${swept.verdict}.`, [
    id,
    ...(swept.id === undefined ? [] : [swept.id]),
  ]);
  return reportOf(WHAT, [
    ...sentences,
    `${idea.template} on ${idea.symbol} up to ${dayOf(to) ?? 'the newest bar'} (run ${id}): ${figuresInWords(figures)}.`,
    badgesInWords(figures.badges),
    ...swept.sentences,
    ...kept,
  ]);
}
