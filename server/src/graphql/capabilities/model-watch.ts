import { formatInstant } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Notice } from '../../market-data/notice.ts';
import { expiresSoon, isExpired, tradingProblem } from '../../models/model.ts';
import type { ModelTrading } from '../../models/service.ts';
import type { StrategySlot } from '../../engine/state.ts';
import type { ReportFailure } from '../command.ts';
import type { LiveSession } from '../live-session.ts';

export interface ModelWatchParts {
  readonly session: LiveSession;
  /** Champions, and what these versions carry. */
  readonly watched: (versions: readonly string[]) => Promise<readonly ModelTrading[]>;
  /** The wall clock. */
  readonly now: () => Instant;
  readonly report: ReportFailure;
}

const LOOK_MS = 5_000;

const runs = ({ state }: StrategySlot): boolean => state === 'paper' || state === 'live';

/** What people are told of a model whose time is nearly over, or over. */
function expiryNotice(model: ModelTrading, now: Instant): Notice | undefined {
  const over = isExpired(model, now);
  if (model.state === 'retired' || !(over || expiresSoon(model, now))) return undefined;
  const name = model.id.slice(0, 12);
  return {
    code: over ? 'ModelExpired' : 'ModelExpires',
    subject: model.id,
    severity: 'warning',
    title: over ? `Model ${name} has expired` : `Model ${name} expires soon`,
    detail: `${over ? 'Since' : 'From'} ${formatInstant(model.expiresAt)} strategies that carry it open no positions. Train its successor from the page of the model.`,
  };
}

/**
 * Looks at the models of strategies that run, whatever door one of them came in by: where a model may not trade any more its strategy is paused, and people are told. A paused
 * strategy keeps what it holds, with what protects it.
 */
export async function lookAtModels({ session, watched, now }: Omit<ModelWatchParts, 'report'>, told: Set<string>): Promise<void> {
  const running = [...session.state().strategies.values()].filter(runs);
  const models = await watched([...new Set(running.map(({ config }) => config.version))]);
  const give = async (notice: Notice): Promise<void> => {
    const name = `${notice.code} ${notice.subject}`;
    if (told.has(name)) return;
    await session.command({ kind: 'NoticeGiven', at: session.state().now, notice });
    told.add(name);
  };
  for (const { config } of running) {
    const model = models.find(({ version }) => version === config.version);
    const problem = model === undefined ? undefined : tradingProblem(model, session.state().mode, now());
    // A failure tells people by itself, and pauses.
    if (problem !== undefined)
      await session.command({ kind: 'StrategyFailed', at: session.state().now, strategyId: config.id, reason: problem });
  }
  for (const model of models) {
    const notice = expiryNotice(model, now());
    if (notice !== undefined) await give(notice);
  }
}

/** {@link lookAtModels}, again and again until it is stopped. */
export function watchModels(parts: ModelWatchParts): { readonly stop: () => Promise<void> } {
  const told = new Set<string>();
  let working: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      await lookAtModels(parts, told);
    } catch (error) {
      parts.report('the models of running strategies could not be looked at', error);
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
