/** What a text counts beside its characters: errors that are kept with a short one are far longer than it. */
const CHARACTERS_EACH = 1_000;

/**
 * What was made of texts, the ones used last, for as much as the texts are long together: strangers choose them, and what is made of one grows with it. A
 * number of texts would bound nothing.
 */
export class TextCache<Made> {
  readonly #made = new Map<string, Made>();
  readonly #charactersMax: number;
  #characters = 0;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  get(text: string): Made | undefined {
    const made = this.#made.get(text);
    if (made === undefined) return undefined;
    // A map keeps the order in which it was written: the first is the one that was longest unused.
    this.#made.delete(text);
    this.#made.set(text, made);
    return made;
  }

  /** Keeps it, and lets go of others until there is room; one that is longer than all of it is not kept. */
  set(text: string, made: Made): void {
    this.#drop(text);
    const characters = text.length + CHARACTERS_EACH;
    if (characters > this.#charactersMax) return;
    for (const unused of this.#made.keys()) {
      if (this.#characters + characters <= this.#charactersMax) break;
      this.#drop(unused);
    }
    this.#made.set(text, made);
    this.#characters += characters;
  }

  #drop(text: string): void {
    if (this.#made.delete(text)) this.#characters -= text.length + CHARACTERS_EACH;
  }
}
