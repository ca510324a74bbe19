import type { Page, PageQuery } from '../../orders/page.ts';
import type { AgentCall } from '../call.ts';
import type { Agent, AgentRun, AgentTurn, Used } from './agent.ts';
import type { NewAgent } from './service.ts';

/** What the API needs of agents of ours. What runs them looks into the same tables. */
export interface Agents {
  list(): Promise<readonly Agent[]>;
  byId(id: string): Promise<Agent | undefined>;
  save(agent: NewAgent): Promise<Agent>;
  /** False where it was so before. */
  setPaused(id: string, isPaused: boolean): Promise<boolean>;
  /** A run that waits; `undefined` where one waits already. */
  queueRun(agentId: string, askedBy: string): Promise<AgentRun | undefined>;
  run(id: string): Promise<AgentRun | undefined>;
  /** Newest first. Throws `CursorError`. */
  runs(agentId: string, query: PageQuery): Promise<Page<AgentRun>>;
  /** In order. Throws `CursorError`. */
  turns(runId: string, query: PageQuery): Promise<Page<AgentTurn>>;
  /** Calls that an agent made in a turn, in order. */
  callsOf(keyId: string, runId: string, turn: number): Promise<readonly AgentCall[]>;
  used(agentId: string): Promise<Used>;
  /** The configured model in words; `undefined` where none is set up here. */
  readonly model: string | undefined;
}
