import type { Kysely } from 'kysely';
import { turnName } from '../../agents/runner/agent.ts';
import type { Agents } from '../../agents/runner/registry.ts';
import * as agents from '../../agents/runner/service.ts';
import type { AgentRecord } from '../../agents/service.ts';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';

/** Agents of ours, as the API sees them. */
export const agentsOf = (db: Kysely<Database>, record: AgentRecord, model: string | undefined, now: () => Instant): Agents => ({
  list: () => agents.listAgents(db),
  byId: (id) => agents.agentById(db, id),
  save: (agent) => agents.saveAgent(db, agent, now()),
  setPaused: (id, isPaused) => agents.setPaused(db, id, isPaused),
  queueRun: (agentId, askedBy) => agents.queueRun(db, agentId, askedBy, now()),
  run: (id) => agents.runById(db, id),
  runs: (agentId, query) => agents.listRuns(db, agentId, query),
  turns: (runId, query) => agents.listTurns(db, runId, query),
  callsOf: (keyId, runId, turn) => record.ofTurn(keyId, turnName(runId, turn)),
  used: (agentId) => agents.usedToday(db, agentId, now()),
  model,
});
