/** What the parity of a strategy says at a glance. */
export interface ParityVerdict {
  readonly sign: '●' | '▲' | '■';
  readonly tone: 'up' | 'warn' | 'down';
  readonly text: string;
}

interface Counts {
  readonly bars: number;
  readonly equal: number;
  readonly unexplained: number;
}

const bars = (count: number): string => (count === 1 ? '1 bar' : `${count} bars`);

/** Equal everywhere, different where the holdings had parted before, or different without a reason. */
export function parityVerdict({ bars: compared, equal, unexplained }: Counts): ParityVerdict {
  if (unexplained > 0) {
    const text = `At ${bars(unexplained)} it decided otherwise than the backtest, though both held the same: run tidemark replay.`;
    return { sign: '■', tone: 'down', text };
  }
  if (equal < compared) {
    const text = `Equal at ${equal} of ${bars(compared)}; at the others the backtest held something else.`;
    return { sign: '▲', tone: 'warn', text };
  }
  return { sign: '●', tone: 'up', text: `Decides as the backtest does, at all of ${bars(compared)}.` };
}
