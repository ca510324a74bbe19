/** Percentiles of one kind of delay over its newest samples, in milliseconds. */
export interface Latency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export type LatencyName = 'bar-to-order' | 'strategy' | 'submit-to-answer' | 'journal';
export type Latencies = Readonly<Partial<Record<LatencyName, Latency>>>;

const SAMPLES_MAX = 1000;

export interface LatencyRecorder {
  readonly record: (name: LatencyName, milliseconds: number) => void;
  readonly read: () => Latencies;
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Keeps the newest thousand samples of each delay. */
export function latencyRecorder(): LatencyRecorder {
  const samples = new Map<LatencyName, number[]>();
  return {
    record: (name, milliseconds) => {
      const kept = samples.get(name) ?? [];
      kept.push(milliseconds);
      if (kept.length > SAMPLES_MAX) kept.shift();
      samples.set(name, kept);
    },
    read: () => {
      const read: Partial<Record<LatencyName, Latency>> = {};
      for (const [name, kept] of samples) {
        const sorted = [...kept].sort((left, right) => left - right);
        read[name] = { count: sorted.length, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
      }
      return read;
    },
  };
}
