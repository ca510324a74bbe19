import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process (or another part of this one) works in the directory. */
export class DirectoryLocked extends Error {
  override readonly name = 'DirectoryLocked';
  readonly pid: number | undefined;
  constructor(dir: string, pid: number | undefined) {
    super(
      `The directory ${dir} is in use by ${pid === undefined ? 'another process' : `process ${pid}`}. Stop it first, or choose another directory.`,
    );
    this.pid = pid;
  }
}

export interface DirectoryLock {
  release(): void;
}

const LOCK_FILE = 'lock';
const PID_FILE = 'pid';
/** A process that was just killed holds its lock for a moment longer: whoever starts right after it waits so long before giving up. */
const DYING_MS = 2_000;

/**
 * Takes the directory for this process alone, making it (mode 0700) where missing. The lock is the operating system's lock on a file, taken
 * through SQLite: it ends with the process however the process ends, holds between containers that share the directory, and leaves
 * nothing to clean up. Throws {@link DirectoryLocked}.
 */
export function lockDirectory(dir: string): Promise<DirectoryLock> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const pidFile = join(dir, PID_FILE);
  const file = new DatabaseSync(join(dir, LOCK_FILE), { timeout: DYING_MS });
  try {
    file.exec('pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    file.close();
    if (isBusy(error)) return Promise.reject(new DirectoryLocked(dir, readPid(pidFile)));
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  let held = true;
  return Promise.resolve({
    release: () => {
      if (!held) return;
      held = false;
      try {
        rmSync(pidFile, { force: true });
      } finally {
        // Also where the folder has become read-only.
        file.close();
      }
    },
  });
}

const SQLITE_BUSY = 5;
const isBusy = (error: unknown): boolean => error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

function readPid(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    // The holder writes its pid just after taking the lock: it may not be there yet.
    return undefined;
  }
}
