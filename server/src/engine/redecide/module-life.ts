import type { StrategyConfig, Wished } from '../../strategies/strategy.ts';
import type { BarSlice } from '../events.ts';
import type { Feeding } from '../recorded-lives.ts';
import { fedModule } from '../session/fed-module.ts';
import type { Ask, FedModule } from '../session/fed-module.ts';
import type { OpenRunner } from '../session/strategy-runners.ts';

/** A question that was recorded: its place, and whether the process that was to answer it ended first. */
interface Question {
  readonly kind: 'question';
  readonly seq: number;
  readonly ask: Ask;
  lost: boolean;
}

/** What a module has yet to be fed: `known` was fed and answered before the replay begins. */
type Waiting = { readonly kind: 'past'; readonly slices: readonly BarSlice[] } | { readonly kind: 'known'; readonly ask: Ask } | Question;

/** What a question was answered with, or why it cannot be. */
export type Answer =
  | { readonly ok: true; readonly ask: Ask; readonly targets: readonly Wished[] }
  /** The module failed. */
  | { readonly ok: false; readonly reason: string }
  /** An earlier question should have been answered before. */
  | { readonly ok: false; readonly passedOver: number };

/** One module of a strategy from where it was opened to where it was stopped, as the record tells it. */
export interface ModuleLife {
  readonly config: StrategyConfig;
  readonly past: (slices: readonly BarSlice[]) => void;
  readonly ask: (seq: number, ask: Ask) => void;
  readonly isAsked: (barAt: number) => boolean;
  /** Feeds the module all that came before the question of this bar, and asks it. There is such a question: see `isAsked`. */
  readonly answer: (barAt: number) => Promise<Answer>;
  /** The process has ended: what it had not answered may stay without an answer. */
  readonly restarted: () => void;
  readonly unanswered: () => number;
  readonly close: () => Promise<void>;
}

const failure = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function waitingOf(life: readonly Feeding[]): Waiting[] {
  return life.map((feeding): Waiting => {
    if (feeding.kind === 'past') return feeding;
    const { ask, decided } = feeding;
    // Where the replay begins, nobody knows any more whether its process ended.
    return decided === undefined ? { kind: 'question', seq: 0, ask, lost: true } : { kind: 'known', ask };
  });
}

/** The module is opened when it is first asked, and fed in the order in which the live one was fed: never further than the record tells. */
export function moduleLife(config: StrategyConfig, open: OpenRunner, before: readonly Feeding[] = []): ModuleLife {
  const waiting = waitingOf(before);
  let opened: FedModule | undefined;

  /** Feeds one thing, and forgets it. */
  const feed = async (module: FedModule, each: Waiting): Promise<readonly Wished[]> => {
    waiting.shift();
    if (each.kind !== 'past') return await module.answer(each.ask);
    await module.feedPast(each.slices);
    return [];
  };
  const feedUpTo = async (barAt: number): Promise<Answer> => {
    opened ??= fedModule(config, await open(config));
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (next.kind === 'question') {
        if (next.ask.at === barAt) return { ok: true, ask: next.ask, targets: await feed(opened, next) };
        if (!next.lost) return { ok: false, passedOver: next.seq };
      }
      await feed(opened, next);
    }
    throw new Error('Invariant: only a question that waits is answered');
  };
  return {
    config,
    past: (slices) => {
      // Questions that were open when the past was fed were answered after it.
      waiting.splice(waiting.findLastIndex((each) => each.kind !== 'question') + 1, 0, { kind: 'past', slices });
    },
    ask: (seq, ask) => waiting.push({ kind: 'question', seq, ask, lost: false }),
    isAsked: (barAt) => waiting.some((each) => each.kind === 'question' && each.ask.at === barAt),
    answer: async (barAt) => {
      try {
        return await feedUpTo(barAt);
      } catch (error) {
        if (error instanceof ModuleMissing || (error instanceof Error && error.message.startsWith('Invariant:'))) throw error;
        return { ok: false, reason: failure(error) };
      }
    },
    restarted: () => {
      for (const each of waiting) if (each.kind === 'question') each.lost = true;
    },
    unanswered: () => waiting.filter(({ kind }) => kind === 'question').length,
    close: async () => await opened?.close(),
  };
}

/** The bytes of a version are not there, or are not those of that version: nothing can be decided again. */
export class ModuleMissing extends Error {
  override readonly name = 'ModuleMissing';
}
