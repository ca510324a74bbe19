import type { Kysely } from 'kysely';
import { openChangeProposals } from '../../agents/changes/service.ts';
import type { ChangeProposals, ChangeProposalTables } from '../../agents/changes/service.ts';
import { openAgentMemory } from '../../agents/memory/service.ts';
import type { AgentMemory, MemoryTables } from '../../agents/memory/service.ts';
import { openAgentRecord } from '../../agents/service.ts';
import type { AgentRecord, AgentTables } from '../../agents/service.ts';
import type { Instant } from '../../money/instant.ts';
import type { ReportFailure } from '../command.ts';

export interface AgentParts {
  readonly db: Kysely<AgentTables & MemoryTables & ChangeProposalTables>;
  readonly now: () => Instant;
  /** Whether this process erases what has expired: one does. */
  readonly watches: boolean;
  readonly report: ReportFailure;
}

export interface OpenAgents {
  readonly capabilities: {
    readonly agentRecord: AgentRecord;
    readonly agentMemory: AgentMemory;
    readonly changeProposals: ChangeProposals;
  };
  readonly stop: () => Promise<void>;
}

const CHECK_MS = 600_000;

/** Erases at once what has expired meanwhile, and then again and again. What has expired is recalled by nobody, erased or not. */
export function watchMemories(
  { eraseExpired }: Pick<AgentMemory, 'eraseExpired'>,
  report: ReportFailure,
  everyMs = CHECK_MS,
): { readonly stop: () => Promise<void> } {
  let working: Promise<void> = Promise.resolve();
  const erase = (): void => {
    working = working.then(eraseExpired).then(
      () => undefined,
      (error: unknown) => report('what agents remembered could not be erased', error),
    );
  };
  erase();
  const timer = setInterval(erase, everyMs);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await working;
    },
  };
}

export function openAgents({ db, now, watches, report }: AgentParts): OpenAgents {
  const agentMemory = openAgentMemory(db, now);
  const watch = watches ? watchMemories(agentMemory, report) : undefined;
  const capabilities = { agentRecord: openAgentRecord(db, now), agentMemory, changeProposals: openChangeProposals(db, now) };
  return { capabilities, stop: async () => await watch?.stop() };
}
