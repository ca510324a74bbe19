import { seededUniform } from '../core/identity.ts';
import { FAULTS } from './catalogue.ts';
import type { FaultKind, FaultSpec } from './catalogue.ts';

/** A fault that waits for its occasions. */
export interface Armed {
  readonly id: number;
  readonly spec: FaultSpec;
  readonly armedAtMs: number;
  fired: number;
}

/** Where a fault might happen. */
export interface Occasion {
  readonly method?: string;
  readonly path?: string;
}

export interface FaultReport {
  readonly armed: readonly { readonly id: number; readonly kind: FaultKind; readonly fired: number; readonly left: number | null }[];
  /** How often each kind has happened since the start, disarmed ones too. */
  readonly fired: Readonly<Record<string, number>>;
}

/**
 * The faults that are armed, and how often each has happened. Chance is drawn from a seed, so that the same occasions in the same order meet
 * the same faults.
 */
export class FaultBoard {
  readonly #seed: number;
  readonly #nowMs: () => number;
  readonly #armed = new Map<number, Armed>();
  readonly #fired = new Map<FaultKind, number>();
  readonly #watchers = new Map<FaultKind, (armed: Armed | undefined) => void>();
  #count = 0;
  #draws = 0;

  constructor(seed: number, nowMs: () => number) {
    this.#seed = seed;
    this.#nowMs = nowMs;
  }

  /** Hears when a fault is armed, and with `undefined` when the last of its kind is gone. */
  watch(kind: FaultKind, watcher: (armed: Armed | undefined) => void): void {
    this.#watchers.set(kind, watcher);
  }

  arm(spec: FaultSpec): number {
    const armed: Armed = { id: ++this.#count, spec, armedAtMs: this.#nowMs(), fired: 0 };
    this.#armed.set(armed.id, armed);
    this.#watchers.get(spec.kind)?.(armed);
    return armed.id;
  }

  /** False when there is no such fault. */
  disarm(id: number): boolean {
    const armed = this.#armed.get(id);
    if (armed === undefined) return false;
    this.#armed.delete(id);
    if (![...this.#armed.values()].some(({ spec }) => spec.kind === armed.spec.kind)) this.#watchers.get(armed.spec.kind)?.(undefined);
    return true;
  }

  disarmAll(): void {
    for (const id of this.#armed.keys()) this.disarm(id);
  }

  /** A fault that is armed for this occasion, without letting it happen. */
  standing(kind: FaultKind, occasion: Occasion = {}): Armed | undefined {
    for (const armed of this.#armed.values()) {
      const { spec } = armed;
      if (spec.kind !== kind) continue;
      if (spec.forMs !== undefined && this.#nowMs() >= armed.armedAtMs + spec.forMs) {
        this.disarm(armed.id);
        continue;
      }
      const fits =
        (spec.method === undefined || spec.method === occasion.method) &&
        (spec.path === undefined || (occasion.path ?? '').startsWith(spec.path));
      if (fits) return armed;
    }
    return undefined;
  }

  /** Whether a fault happens now; counted if it does. */
  fires(kind: FaultKind, occasion: Occasion = {}): Armed | undefined {
    const armed = this.standing(kind, occasion);
    if (armed === undefined) return undefined;
    if (armed.spec.rate < 1 && seededUniform(this.#seed, this.#draws++) >= armed.spec.rate) return undefined;
    armed.fired += 1;
    this.#fired.set(kind, (this.#fired.get(kind) ?? 0) + 1);
    if (armed.fired >= armed.spec.count) this.disarm(armed.id);
    return armed;
  }

  report(): FaultReport {
    const armed = [...this.#armed.values()].map(({ id, spec, fired }) => {
      const left = spec.count - fired;
      return { id, kind: spec.kind, fired, left: Number.isFinite(left) ? left : null };
    });
    return { armed, fired: Object.fromEntries(this.#fired) };
  }
}

export const catalogue = Object.entries(FAULTS).map(([kind, { what, lasts }]) => ({ kind, what, lasts }));
