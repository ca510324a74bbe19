import type { Scope } from '../../approvals/keys.ts';
import { MEMORY_TOOLS, PROPOSING_TOOLS, RESEARCH_TOOLS, STOPPING_TOOLS } from './acting-tools.ts';
import { MEMORY_READS, RESEARCH_READS, SAFETY_READS, TRADING_READS } from './reading-tools.ts';
import type { Tool } from './tool.ts';

/** Every tool there is: a model chooses badly among more than 25, and their schemas cost it tokens in each conversation. */
export const TOOLS: readonly Tool[] = [
  ...TRADING_READS,
  ...SAFETY_READS,
  ...RESEARCH_READS,
  ...MEMORY_READS,
  ...MEMORY_TOOLS,
  ...RESEARCH_TOOLS,
  ...PROPOSING_TOOLS,
  ...STOPPING_TOOLS,
];

/** What a key with these scopes sees. */
export const toolsFor = (scopes: readonly Scope[]): readonly Tool[] => TOOLS.filter(({ scope }) => scopes.includes(scope));
