export interface Windows {
  readonly train: number;
  readonly test: number;
}

const whole = (text: string, least: number): number | undefined => {
  const value = Number(text.trim());
  return /^\d+$/.test(text.trim()) && value >= least ? value : undefined;
};

/** Lengths of windows in bars, from text; or one sentence about what is wrong. */
export function windowsOf(trainText: string, testText: string): Windows | { readonly problem: string } {
  const [train, test] = [whole(trainText, 2), whole(testText, 1)];
  if (train === undefined) return { problem: 'Bars to choose in: a whole number from 2.' };
  if (test === undefined) return { problem: 'Bars to trade in: a whole number from 1.' };
  return { train, test };
}

/** How many windows so many bars have; 0 where none is left to trade in. */
export const countWindows = (bars: number, { train, test }: Windows): number => Math.max(0, Math.ceil((bars - train) / test));
