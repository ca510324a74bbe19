import type { Kysely } from 'kysely';
import { MODEL_HEALTH_MIN } from '../../engine/strategy-watch.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import { openModelRegistry } from '../../models/registry-service.ts';
import { openRetrainings } from '../../models/retraining-service.ts';
import { watchedModels } from '../../models/service.ts';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';
import type { ReportFailure } from '../command.ts';
import type { Capabilities } from '../context.ts';
import type { LiveSession } from '../live-session.ts';
import { watchModels } from './model-watch.ts';
import { predictionsOf } from './predictions.ts';
import { watchRetraining } from './retraining-watch.ts';
import type { StoredBars } from './stored-bars.ts';

interface ModelParts {
  readonly db: Kysely<Database>;
  readonly queue: JobQueue;
  readonly stored: StoredBars;
  readonly session: LiveSession;
  /** One process looks after models: the engine's. */
  readonly watches: boolean;
  /** The wall clock. */
  readonly now: () => Instant;
  readonly report: ReportFailure;
}

/** The registry of models, what they do at work, and what is looked after by itself: expiry and retraining. */
export interface OpenModels extends Pick<Capabilities, 'models' | 'predictions' | 'retrainings'> {
  stop(): Promise<void>;
}

export function openModels({ db, queue, stored, session, watches: isWatching, now, report }: ModelParts): OpenModels {
  const watched = (versions: readonly string[]) => watchedModels(db, versions);
  const predictions = predictionsOf(db);
  const retrainings = openRetrainings({
    db,
    queue,
    bars: (query) => stored.read(query),
    driftOf: (modelId) => predictions.newestDrift(modelId),
    healthMin: MODEL_HEALTH_MIN,
    present: () => session.state().now,
    now,
  });
  const watches = isWatching
    ? [watchModels({ session, watched, now, report }), watchRetraining({ session, retrainings, watched, report })]
    : [];
  return {
    models: openModelRegistry(db, now),
    predictions,
    retrainings,
    stop: async () => {
      for (const watch of watches) await watch.stop();
    },
  };
}
