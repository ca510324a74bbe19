export interface Toast {
  readonly id: number;
  readonly tone: 'plain' | 'good' | 'bad';
  readonly text: string;
}

const SHOWN_MS = 6_000;

/** Short answers to what a person just did. Failures stay until they are closed. */
class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #last = 0;

  good(text: string): void {
    this.#show('good', text);
  }

  bad(text: string): void {
    this.#show('bad', text);
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #show(tone: Toast['tone'], text: string): void {
    this.#last += 1;
    const id = this.#last;
    this.list = [...this.list, { id, tone, text }].slice(-4);
    if (tone !== 'bad') setTimeout(() => this.close(id), SHOWN_MS);
  }
}

export const toasts = new Toasts();
