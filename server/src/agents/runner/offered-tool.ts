import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Worked } from '../mcp/audited.ts';
import type { Arguments, Schema } from '../mcp/tool.ts';

/** A tool as a model is told of it. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly input: Schema;
}

/** A tool that agents of ours have beside those of the Model Context Protocol. Its calls stand in the same record. */
export interface OwnTool extends OfferedTool {
  /** The arguments are as the schema says. */
  readonly work: (given: Arguments, signal: AbortSignal) => Promise<Worked<CallToolResult>>;
}

export interface DoorCall {
  readonly name: string;
  readonly given: unknown;
  /** Why, and in which turn: they stand in the record. */
  readonly cause: string;
  readonly turn: string;
  /** Why it is refused before it is made; asked once. */
  readonly refusal?: () => Promise<string | undefined>;
  readonly signal: AbortSignal;
}

/** How an agent of ours reaches the tools: by its key, as an agent from outside does. */
export interface ToolDoor {
  /** What the key's scopes allow. */
  readonly tools: readonly OfferedTool[];
  /** Whether the key still does. */
  readonly stands: () => Promise<boolean>;
  /** Looks the key up anew, writes the call down and makes it. What is refused is an answer, too. */
  readonly call: (call: DoorCall) => Promise<CallToolResult>;
}

/** `undefined` where the key has ended. */
export type OpenDoor = (keyId: string, own: readonly OwnTool[]) => Promise<ToolDoor | undefined>;

/** What a model is told of an answer: the text that a client from outside gets. */
export const textOf = ({ content }: CallToolResult): string =>
  content.map((block) => (block.type === 'text' ? block.text : `(${block.type})`)).join('\n');
