/** What a breaker asks for. `pause` stops the strategy until a person lets it go on. */
export type BreakerEffect = 'none' | 'half' | 'entries-off' | 'pause';

/** Whether a breaker trips, with the figures in one sentence. */
export interface Verdict {
  readonly effect: BreakerEffect;
  readonly because: string;
}

export const CALM: Verdict = Object.freeze({ effect: 'none', because: '' });
