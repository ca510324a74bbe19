import type { LanguageModel } from 'ai';

/** A model that runs may ask, and how. */
export interface ReadyModel {
  readonly model: LanguageModel;
  readonly turnMsMax: number;
  readonly retriesMax: number;
  /** Takes what is secret out of a text. */
  readonly hide: (text: string) => string;
}
