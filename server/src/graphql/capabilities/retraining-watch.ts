import type { Notice } from '../../market-data/notice.ts';
import { RETRAINING_PROPOSED } from '../../models/retraining.ts';
import type { Retraining } from '../../models/retraining.ts';
import type { RetrainingService } from '../../models/retraining-service.ts';
import type { ModelTrading } from '../../models/service.ts';
import type { ReportFailure } from '../command.ts';
import type { LiveSession } from '../live-session.ts';

export interface RetrainingWatchParts {
  readonly session: LiveSession;
  readonly retrainings: Pick<RetrainingService, 'look'>;
  /** Champions, and what these versions carry. */
  readonly watched: (versions: readonly string[]) => Promise<readonly Pick<ModelTrading, 'id'>[]>;
  readonly report: ReportFailure;
}

const LOOK_MS = 30_000;
const CODE = RETRAINING_PROPOSED;

const proposed = ({ modelId, evidence, newBars }: Retraining): Notice => ({
  code: CODE,
  subject: modelId,
  severity: 'info',
  title: `Model ${modelId.slice(0, 12)} should be trained again`,
  detail: `${evidence} It has not learnt from ${newBars} newer bars. Start or dismiss it on the page Models.`,
});

/** Closes the alert of a proposal that has ended. */
const ended = (modelId: string): Notice => ({ code: CODE, subject: modelId, severity: 'info', title: '', detail: '', over: true });

/**
 * Looks whether a model at work should be trained again, a champion or one that a strategy carries which runs or is paused, and tells people of each proposal once: the alert is open as long as
 * the proposal is.
 */
export async function lookAtRetraining(
  { session, retrainings, watched }: Omit<RetrainingWatchParts, 'report'>,
  told: Set<string>,
): Promise<void> {
  // One that is paused may be so because its model has drifted, or has expired.
  const atWork = [...session.state().strategies.values()].filter(({ state }) => state !== 'draft');
  const models = await watched([...new Set(atWork.map(({ config }) => config.version))]);
  const open = await retrainings.look(models.map(({ id }) => id));
  const give = (notice: Notice) => session.command({ kind: 'NoticeGiven', at: session.state().now, part: 'engine', notice });
  for (const retraining of open) {
    if (told.has(retraining.id)) continue;
    await give(proposed(retraining));
    told.add(retraining.id);
  }
  const waiting = new Set(open.map(({ modelId }) => `${CODE}-${modelId}`));
  for (const { id, code } of session.state().alerts.values())
    if (code === CODE && !waiting.has(id)) await give(ended(id.slice(CODE.length + 1)));
}

/** {@link lookAtRetraining}, again and again until it is stopped. */
export function watchRetraining(parts: RetrainingWatchParts): { readonly stop: () => Promise<void> } {
  const told = new Set<string>();
  let working: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      await lookAtRetraining(parts, told);
    } catch (error) {
      parts.report('whether a model should be trained again could not be looked at', error);
    }
  };
  const timer = setInterval(() => {
    working = working.then(look);
  }, LOOK_MS);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await working;
    },
  };
}
