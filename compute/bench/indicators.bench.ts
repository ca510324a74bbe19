/** Every indicator of the registry over a million bars, beside a copy of one column and the libraries of npm in the same rounds. */
import { openIndicators } from '../host/indicators.node.ts';
import type { IndicatorOutput, PriceColumns } from '../host/indicators.ts';
import { agree, verdictOf } from './compare.ts';
import { copyOf } from './copies.ts';
import { indicatorCases, peerParameters, type IndicatorCase } from './indicator-cases.ts';
import { CLOCK, measure, type Work } from './measure.ts';
import { openPeers } from './peers/open.ts';
import { lastValues, type Candle, type Peer, type PeerBars, type PeerCall } from './peers/peer.ts';
import { benchOptions, progress, publish } from './publish.ts';
import { meets, timingOf } from './rows.ts';
import { sampleColumns } from './sample-bars.ts';
import type { PeerTiming, Row, Timing } from './suite.ts';

const BARS = 1_000_000;
/** A call that takes longer would take minutes or hours over all bars: the time of some grows with the square. */
const TRIALS = [
  { bars: 2_000, msMax: 150 },
  { bars: 10_000, msMax: 250 },
  { bars: 40_000, msMax: 500 },
] as const;
const PLAN = { rounds: 15, warmUps: 3, budgetMs: 400 };

const options = benchOptions();
const plan = { ...PLAN, rounds: options.rounds ?? PLAN.rounds };
const indicators = await openIndicators();
const series = sampleColumns(BARS);
const loaded = indicators.load(series);
const { peers, missing } = openPeers();
const peerBars = peerBarsOf(series);
const trials = TRIALS.map((trial) => ({ ...trial, columns: peerBarsOf(sampleColumns(trial.bars)) }));
const tooSlow: { readonly name: string; readonly reason: string }[] = [];

function peerBarsOf({ open, high, low, close, volume }: PriceColumns): PeerBars {
  let candles: readonly Candle[] | undefined;
  const columns = { open: [...open], high: [...high], low: [...low], close: [...close], volume: [...volume] };
  const candleAt = (index: number): Candle => ({
    open: open[index] ?? Number.NaN,
    high: high[index] ?? Number.NaN,
    low: low[index] ?? Number.NaN,
    close: close[index] ?? Number.NaN,
    volume: volume[index] ?? Number.NaN,
  });
  return { ...columns, candles: () => (candles ??= Array.from(close, (_, index) => candleAt(index))) };
}

interface Answer {
  last: readonly number[];
}

/** Whether a call is quick enough to be measured; those that are not are named. */
function passesTrials(peer: Peer, make: PeerCall, { label, parameters }: IndicatorCase): boolean {
  return trials.every(({ bars, msMax, columns }) => {
    const call = make(columns, peerParameters(parameters));
    const from = CLOCK.cpuNs();
    call();
    const ms = (CLOCK.cpuNs() - from) / 1e6;
    if (ms <= msMax) return true;
    tooSlow.push({
      name: `${label} of ${peer.name}`,
      reason: `it takes ${(ms / 1000).toFixed(1)} s of the processor for ${bars.toLocaleString('en')} bars`,
    });
    return false;
  });
}

/** A peer's call that keeps what it answered last, so that the values can be compared. */
function peerWorks(each: IndicatorCase): readonly { readonly work: Work; readonly answer: Answer }[] {
  return peers.flatMap((peer) => {
    const make = peer.calls[each.name];
    if (make === undefined || !passesTrials(peer, make, each)) return [];
    const call = make(peerBars, peerParameters(each.parameters));
    const answer: Answer = { last: [] };
    const run = (): void => {
      answer.last = lastValues(call());
    };
    return [{ work: { name: peer.name, run }, answer }];
  });
}

const copying = copyOf('copy of one f64 column', [series.close]);

async function rowOf(each: IndicatorCase): Promise<Row> {
  const { name, label, parameters, goal } = each;
  let outputs: readonly IndicatorOutput[] = [];
  const subject: Work = { name: 'bars in memory', run: () => (outputs = loaded.run(name, parameters)) };
  const withCopies: Work = { name: 'bars copied in, values copied out', run: () => indicators.compute(name, parameters, series) };
  const others = peerWorks(each);
  const works = [copying, subject, withCopies, ...others.map(({ work }) => work)];
  const samples = await measure(works, plan);
  const timings = works.map((work, index): Timing => timingOf(work.name, samples[index] ?? { wallNs: [], cpuNs: [] }, 'least'));
  const [reference, own, copied, ...theirs] = timings;
  if (reference === undefined || own === undefined || copied === undefined) throw new Error('Invariant: three works are always measured');
  const last = outputs.map(({ values }) => values.at(-1) ?? Number.NaN);
  const timed = theirs.map((timing, index): PeerTiming => {
    const agrees = agree(last, others[index]?.answer.last ?? []);
    return { ...timing, times: timing.bestNs / own.bestNs, agrees };
  });
  const value = own.bestNs / reference.bestNs;
  return {
    name: label,
    figure: 'ratio',
    value,
    medianValue: own.medianNs / reference.medianNs,
    goal,
    isMet: meets('ratio', value, goal),
    clock: 'least',
    units: { count: BARS, of: 'bar' },
    subject: own,
    reference,
    variants: [copied],
    peers: timed,
    verdict: verdictOf(timed, reference),
  };
}

const rows: Row[] = [];
for (const each of indicatorCases(indicators.specs)) {
  progress(each.label);
  rows.push(await rowOf(each));
}
publish(
  {
    name: 'indicators',
    title: `Indicators over ${BARS.toLocaleString('en')} bars`,
    about: [
      'Ratios to copying one column of doubles in the same rounds.',
      'Libraries of npm get the same bars in the form that they take.',
    ],
    rows,
    peers: peers.map(({ name, version }) => ({ name, version })),
    missing: [...missing, ...tooSlow],
  },
  options,
);
