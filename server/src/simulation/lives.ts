import type { EngineEvent } from '../engine/events.ts';
import type { Dice } from './dice.ts';
import type { Outside } from './host/outside.ts';
import { startProcess } from './process.ts';
import type { Process, ProcessOptions } from './process.ts';
import type { Owner, Scheduler } from './scheduler.ts';
import type { SimulatedStore } from './store.ts';
import type { Watch } from './watch.ts';

export interface LivesOptions {
  readonly dice: Dice;
  readonly scheduler: Scheduler;
  readonly store: SimulatedStore;
  readonly watch: Watch;
  readonly outside: Outside;
  readonly options: Omit<ProcessOptions, 'onHalt'>;
  /** What a new process is told first: instruments and strategies that it does not know. */
  readonly introduction: (process: Process) => readonly EngineEvent[];
}

/** The lives of the engine's process: each ends in a crash, in good order, or with the run. */
export interface Lives {
  readonly current: () => Process | undefined;
  readonly start: () => void;
  readonly crash: () => void;
  /** End it in good order, then start another. */
  readonly restart: () => void;
  readonly starts: () => number;
}

/** How long nobody trades between two lives. */
const DOWN_MS_MIN = 50;
const DOWN_MS_MAX = 6_000;

export function openLives({ dice, scheduler, store, watch, outside, options, introduction }: LivesOptions): Lives {
  const nobody: Owner = { alive: true };
  let process: Process | undefined;
  let running: Owner | undefined;
  let starts = 0;

  const introduce = (opened: Process): void => {
    for (const event of introduction(opened))
      opened.session.command(event).catch((error: unknown) => watch.reported('introduction', error));
  };
  const crash = (): void => {
    if (running?.alive !== true) return;
    running.alive = false;
    process = undefined;
    outside.of(store.crash()).catch(watch.fail);
    scheduler.after(dice.between(`down ${starts}`, DOWN_MS_MIN, DOWN_MS_MAX), nobody, start);
  };
  const start = (): void => {
    if (running?.alive === true) return;
    starts += 1;
    // As the product does: a process whose engine has stopped ends, and a new one starts.
    const started = startProcess({ ...options, onHalt: (owner) => scheduler.after(1, owner, crash) });
    running = started.owner;
    const live = async (): Promise<void> => {
      try {
        process = await started.opened;
        if (process?.alive === true) introduce(process);
      } catch (error) {
        if (!started.owner.alive) return;
        watch.reported('start', error);
        scheduler.after(1, started.owner, crash);
      }
    };
    live().catch(watch.fail);
  };
  const restart = async (ending: Process): Promise<void> => {
    await ending.session.close();
    if (ending.alive) crash();
  };
  return {
    current: () => (process?.alive === true ? process : undefined),
    start,
    crash,
    restart: () => {
      const ending = process;
      if (ending?.alive !== true) return;
      // As in the product: its door closes first, so that nobody can ask anything of it while it waits for what is on the wire.
      process = undefined;
      restart(ending).catch(watch.fail);
    },
    starts: () => starts,
  };
}
