import { COPY_NS } from './indicator-cases.ts';
import type { PeerTiming, Timing, Verdict } from './suite.ts';

/** Where the fastest peer needs more than this many copies of one column, three times its speed is asked for: 6 ns a bar. */
export const SLOW_PEER_RATIO = 6 / COPY_NS;
const TIMES_ASKED = 3;
const AGREEMENT = 1e-6;

/** Whether one of the peer's last values is one of ours, to a millionth of it. */
export function agree(ours: readonly number[], theirs: readonly number[]): boolean {
  return theirs.some((value) => ours.some((own) => Math.abs(value - own) <= AGREEMENT * Math.max(Math.abs(own), 1e-9)));
}

/** The fastest of the peers against the subject; `null` without peers. Times are of the best runs. */
export function verdictOf(peers: readonly PeerTiming[], reference: Timing): Verdict | null {
  const fastest = peers.toSorted((a, b) => a.bestNs - b.bestNs)[0];
  if (fastest === undefined) return null;
  const { name, bestNs, times } = fastest;
  const isSlow = bestNs / reference.bestNs > SLOW_PEER_RATIO;
  return { fastestPeer: name, times, isAhead: times > 1, isThreeTimes: isSlow ? times >= TIMES_ASKED : null };
}
