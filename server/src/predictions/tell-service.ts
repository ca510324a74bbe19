import type { EngineEvent, EventOf } from '../engine/events.ts';
import type { ReplayProblem } from '../engine/replay-journal.ts';
import { ratioFromNumber } from '../money/fixed.ts';
import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { DecidedDrift } from './decision-service.ts';

/** Who is told. */
export interface Told {
  /** Gives the engine an event. */
  readonly command: (event: EngineEvent) => Promise<unknown>;
  /** The engine's time. */
  readonly now: () => Instant;
}

/** The breaker hears of an output that is no number at once, and of drift as soon as the window is full. */
export async function tellDrift({ command, now }: Told, untold: Map<string, DecidedDrift>): Promise<void> {
  for (const [strategyId, { modelId, isNoNumber, drift }] of untold) {
    const about = { kind: 'ModelDriftMeasured', at: now(), strategyId, modelId } as const;
    if (isNoNumber) await command({ ...about, health: 0, worst: 'an output that is no number' });
    else if (drift !== undefined) {
      const { health, worst, stabilityIndex } = drift;
      await command({ ...about, stabilityIndex: ratioFromNumber(stabilityIndex), health, ...(worst === undefined ? {} : { worst }) });
    }
    untold.delete(strategyId);
  }
}

/** An alert that is open until somebody has seen to it. */
export async function tellDifference(
  { command, now }: Told,
  { decision: { strategyId, barAt } }: EventOf<'StrategyDecided'>,
  { seq, problem, field, recorded = 'nothing', replayed = 'nothing' }: ReplayProblem,
): Promise<void> {
  const where = field === undefined ? '' : ` ${field} is ${recorded} in the journal, and ${replayed} now.`;
  const detail = `The decision of ${formatInstant(barAt)}, entry ${seq}: ${problem}.${where} Pause the strategy, and compare by tidemark replay.`;
  const title = 'A model strategy decided otherwise than its module does';
  await command({
    kind: 'NoticeGiven',
    at: now(),
    part: 'engine',
    notice: { code: 'PredictionDifference', subject: strategyId, severity: 'critical', title, detail },
  });
}
