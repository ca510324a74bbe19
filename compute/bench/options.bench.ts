/**
 * Nanoseconds an option, beside the plainest implementation in TypeScript in the same run: the textbook's formula with a short
 * approximation of the normal distribution that is good to seven digits only. `node compute/bench/options.bench.ts`
 */
import { openOptions } from '../host/options.node.ts';

const ROWS = 20_000;
const TREES = 40;
const STEPS = 1_000;
const ROUNDS = 11;

interface Work {
  readonly name: string;
  readonly count: number;
  readonly run: () => void;
}

const spot = 100;
const rate = 0.03;
const dividendYield = 0.01;
const column = (value: (row: number) => number): Float64Array => Float64Array.from({ length: ROWS }, (_, row) => value(row));
const right = Uint8Array.from({ length: ROWS }, (_, row) => row & 1);
const strike = column((row) => 60 + (row % 80));
const years = column((row) => 0.05 + (row % 24) / 12);
const volatility = column((row) => 0.15 + (row % 7) * 0.05);

/** M. Abramowitz and I. Stegun, "Handbook of Mathematical Functions", 26.2.17. */
function plainNormal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) * series) / Math.sqrt(2 * Math.PI);
  return z > 0 ? 1 - tail : tail;
}

function plainEuropean(sign: number, k: number, t: number, v: number, out: Float64Array): void {
  const s = v * Math.sqrt(t);
  const d1 = (Math.log(spot / k) + (rate - dividendYield + (v * v) / 2) * t) / s;
  const d2 = d1 - s;
  const asset = spot * Math.exp(-dividendYield * t);
  const debt = k * Math.exp(-rate * t);
  const density = Math.exp((-d1 * d1) / 2) / Math.sqrt(2 * Math.PI);
  const [n1, n2] = [plainNormal(sign * d1), plainNormal(sign * d2)];
  out[0] = sign * (asset * n1 - debt * n2);
  out[1] = (sign * asset * n1) / spot;
  out[2] = (asset * density) / (spot * spot * s);
  out[3] = asset * density * Math.sqrt(t);
  out[4] = (-asset * density * v) / (2 * Math.sqrt(t)) + sign * (dividendYield * asset * n1 - rate * debt * n2);
}

const scratch = new Float64Array(10);

function plainImplied(sign: number, k: number, t: number, price: number): number {
  let [low, high] = [1e-4, 5];
  for (let round = 0; round < 50; round += 1) {
    const middle = (low + high) / 2;
    plainEuropean(sign, k, t, middle, scratch);
    if ((scratch[0] ?? 0) < price) low = middle;
    else high = middle;
  }
  return low;
}

function plainTree(sign: number, k: number, t: number, v: number): number {
  const dt = t / STEPS;
  const up = Math.exp(v * Math.sqrt(dt));
  const p = (Math.exp((rate - dividendYield) * dt) - 1 / up) / (up - 1 / up);
  const discount = Math.exp(-rate * dt);
  const spots = Float64Array.from({ length: STEPS + 1 }, (_, node) => spot * up ** (2 * node - STEPS));
  const values = spots.map((each) => Math.max(0, sign * (each - k)));
  for (let level = STEPS - 1; level >= 0; level -= 1) {
    for (let node = 0; node <= level; node += 1) {
      spots[node] = (spots[node] ?? 0) * up;
      const held = discount * (p * (values[node + 1] ?? 0) + (1 - p) * (values[node] ?? 0));
      values[node] = Math.max(held, sign * ((spots[node] ?? 0) - k));
    }
  }
  return values[0] ?? Number.NaN;
}

const eachRow = (count: number, run: (sign: number, k: number, t: number, v: number, row: number) => void): void => {
  for (let row = 0; row < count; row += 1) run(1 - 2 * (right[row] ?? 0), strike[row] ?? 0, years[row] ?? 0, volatility[row] ?? 0, row);
};

const options = await openOptions();
const chain = { right, spot, strike, years, rate, dividendYield };
const { price } = options.europeanChain({ ...chain, volatility });
const few = { ...chain, right: right.slice(0, TREES), strike: strike.slice(0, TREES), years: years.slice(0, TREES) };
const fewVolatility = volatility.slice(0, TREES);
let kept = 0;

const pairs: readonly (readonly [Work, Work])[] = [
  [
    { name: 'European, ten values', count: ROWS, run: () => void options.europeanChain({ ...chain, volatility }) },
    { name: 'plain, five values', count: ROWS, run: () => eachRow(ROWS, (sign, k, t, v) => plainEuropean(sign, k, t, v, scratch)) },
  ],
  [
    { name: 'implied volatility', count: ROWS, run: () => void options.impliedVolatilityChain({ ...chain, price }) },
    {
      name: 'plain, 50 bisections',
      count: ROWS / 10,
      run: () => eachRow(ROWS / 10, (sign, k, t, _, row) => void (kept += plainImplied(sign, k, t, price[row] ?? 0))),
    },
  ],
  [
    {
      name: `American, ${STEPS} steps`,
      count: TREES,
      run: () => void options.americanChain({ ...few, volatility: fewVolatility }, { steps: STEPS }),
    },
    { name: 'plain tree', count: TREES, run: () => eachRow(TREES, (sign, k, t, v) => void (kept += plainTree(sign, k, t, v))) },
  ],
];

function timeNs({ count, run }: Work): number {
  const from = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - from) / count;
}

console.log(`${'best of a run, ns an option'.padEnd(32)} compute core     plain   plain ÷ core`);
for (const [core, plain] of pairs) {
  const times: readonly [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    times[0].push(timeNs(core));
    times[1].push(timeNs(plain));
  }
  const [ours, theirs] = [Math.min(...times[0]), Math.min(...times[1])];
  const figures = [ours.toFixed(0).padStart(12), theirs.toFixed(0).padStart(9), (theirs / ours).toFixed(1).padStart(14)];
  console.log(`${`${core.name}; ${plain.name}`.padEnd(32)} ${figures.join(' ')}`);
}
if (!Number.isFinite(kept)) throw new Error('Invariant: the plain implementations give numbers');
