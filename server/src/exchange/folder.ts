import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LATER_DEFAULTS } from './core/options.ts';
import type { CoreOptions } from './core/types.ts';
import { encodeState } from './core/state.ts';
import type { Tape } from './market/tape.ts';
import { isRecord, textIn } from './streams/socket.ts';
import { VenueLogError } from './venue-log.ts';

const IDENTITY_FILE = 'venue.json';
const LOCK_FILE = 'venue.lock';
const FORMAT = 1;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Rules that were always there, and those of the later ones that differ from what was done before they could be chosen. */
function rulesIn({ venueId: _venueId, ...rules }: CoreOptions): object {
  const later: Readonly<Record<string, unknown>> = LATER_DEFAULTS;
  return Object.fromEntries(Object.entries(rules).filter(([name, value]) => !(name in later) || later[name] !== value));
}

/** What a venue's history depends on besides its commands: the bars, the span, and the rules. */
export function fingerprintOf(tape: Tape, options: CoreOptions): string {
  const hash = createHash('sha256');
  hash.update(encodeState(rulesIn(options)));
  for (const { symbol, columns, historyRows } of tape.series) {
    hash.update(JSON.stringify([symbol, columns.timeframe, columns.length, historyRows]));
    for (const column of [columns.startAtMs, columns.open, columns.high, columns.low, columns.close, columns.volume]) hash.update(column);
  }
  return hash.digest('hex');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Locks that this process holds. A file with our own id that is not in here is of an earlier life: containers give the same id again. */
const held = new Set<string>();

const isHeld = (path: string, pid: number): boolean => (pid === process.pid ? held.has(path) : pid > 0 && isAlive(pid));

/** A process that was just killed is there for a moment longer: whoever starts right after it waits so long before giving up. */
const DYING_MS = 2_000;
const LOOK_AGAIN_MS = 50;

/** Takes a folder for this process; a lock left by a dead one is taken over. Returns its release. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const path = resolve(folder, LOCK_FILE);
  const giveUpAt = performance.now() + DYING_MS;
  for (;;) {
    try {
      const handle = await open(path, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      held.add(path);
      return () => {
        held.delete(path);
        return rm(path, { force: true });
      };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const pid = Number(await readFile(path, 'utf8'));
    if (pid !== process.pid && isHeld(path, pid) && performance.now() < giveUpAt) {
      await sleep(LOOK_AGAIN_MS);
      continue;
    }
    if (isHeld(path, pid)) throw new VenueLogError(`${folder} is in use by process ${pid}: stop it, or choose another folder`);
    await rm(path, { force: true });
  }
}

/** The venue's id, made when the folder is new. Refuses a folder whose venue played other bars or by other rules. */
export async function venueIdOf(folder: string, fingerprintFor: string, make: () => string = randomUUID): Promise<string> {
  const path = join(folder, IDENTITY_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    const venueId = make();
    await writeFile(path, JSON.stringify({ format: FORMAT, venueId, fingerprint: fingerprintFor }), { flush: true });
    return venueId;
  }
  const identity: unknown = JSON.parse(text);
  if (!isRecord(identity) || identity['format'] !== FORMAT) throw new VenueLogError(`${path} is not of a venue that this version can read`);
  if (identity['fingerprint'] !== fingerprintFor) {
    throw new VenueLogError(`${folder} holds a venue with other bars, another span or other rules: use another folder`);
  }
  return textIn(identity, 'venueId');
}
