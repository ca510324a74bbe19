import { openWatchedWorker } from '@tidemark/compute/models';
import type { Kysely } from 'kysely';
import type { Session } from '../../engine/session.ts';
import { encode } from '../../journal/codec.ts';
import type { Journal } from '../../journal/journal.ts';
import { MACHINE_TIMERS } from '../../market-data/providers/timers.ts';
import { filesOfModel, modelOfVersion } from '../../models/service.ts';
import type { Database } from '../../platform/database.ts';
import type { Past } from '../../platform/past/past.ts';
import type { CarriedModel } from '../../predictions/prediction.ts';
import { startPredictionWatch } from '../../predictions/watch-service.ts';
import { versionByHash } from '../../strategies/service.ts';

/** Nobody waits for a module that is asked again: a busy machine may take its time. */
const DEADLINE_MS = 30_000;

export interface PredictionParts {
  readonly db: Kysely<Database>;
  readonly journal: Journal;
  readonly past: Past;
  readonly session: Session;
  readonly report: (what: string, error: unknown) => void;
}

/** A model never changes: each is read once. */
export function carriedModels(db: Kysely<Database>): (version: string) => Promise<CarriedModel | undefined> {
  const known = new Map<string, CarriedModel>();
  const read = async (version: string): Promise<CarriedModel | undefined> => {
    const model = await modelOfVersion(db, version);
    if (model === undefined) return undefined;
    const [files, kept] = [await filesOfModel(db, model.id), await versionByHash(db, version)];
    if (files === undefined || kept === undefined) return undefined;
    const { spec } = model.manifest.dataset.manifest;
    return { id: model.id, module: kept.module, bytes: files.model, label: spec.label, reference: model.reference };
  };
  return async (version) => {
    const found = known.get(version) ?? (await read(version));
    if (found !== undefined) known.set(version, found);
    return found;
  };
}

/** Models at work are watched from here on. Gives the way to end. */
export function startPredictions({ db, journal, past, session, report }: PredictionParts): () => Promise<void> {
  const watch = startPredictionWatch({
    db,
    journal,
    past,
    modelOf: carriedModels(db),
    openWatched: ({ parameters, symbols }, model) =>
      openWatchedWorker(model.module, { parameters, symbols, deadlineMs: DEADLINE_MS }, model.bytes),
    command: session.command,
    now: () => session.state().now,
    canonical: encode,
    timers: MACHINE_TIMERS,
    report,
  });
  return () => watch.close();
}
