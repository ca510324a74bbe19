import type { JobQueue } from '../../jobs/queue.ts';
import type { Instant } from '../../money/instant.ts';
import type { HealthPart } from '../../platform/graphql.ts';

/** A worker looks for work every few seconds: what waits longer without one has none. */
const UNWORKED_MS_MAX = 60_000;

/** How long the line of jobs is, and whether anybody works on it. */
export function jobsPart(queue: Pick<JobQueue, 'depth'>, now: () => Instant): () => Promise<HealthPart> {
  let unworkedSince: Instant | undefined;
  return async () => {
    try {
      const { waiting, active } = await queue.depth();
      unworkedSince = waiting > 0 && active === 0 ? (unworkedSince ?? now()) : undefined;
      if (unworkedSince !== undefined && now() - unworkedSince > UNWORKED_MS_MAX)
        return { name: 'jobs', state: 'degraded', detail: `${waiting} wait, and nobody works on them: start tidemark worker.` };
      return { name: 'jobs', state: 'ok', detail: waiting + active === 0 ? 'None waits.' : `${active} worked on, ${waiting} wait.` };
    } catch (error) {
      return {
        name: 'jobs',
        state: 'degraded',
        detail: `The queue cannot be read: ${error instanceof Error ? error.name : 'unknown failure'}.`,
      };
    }
  };
}
