import type { CallToolResult } from '@modelcontextprotocol/server';
import { audited, CAUSE_META_KEY, ENDED, TURN_META_KEY } from '../../agents/mcp/audited.ts';
import type { Call, Caller } from '../../agents/mcp/audited.ts';
import { refusedResult } from '../../agents/mcp/calling.ts';
import { answerCall, checkedBy, erasableOf, inputProblem } from '../../agents/mcp/server.ts';
import type { ReadyTool } from '../../agents/mcp/server.ts';
import type { Arguments } from '../../agents/mcp/tool.ts';
import { toolsFor } from '../../agents/mcp/tools.ts';
import type { DoorCall, OpenDoor, OwnTool } from '../../agents/runner/offered-tool.ts';
import type { Authenticated } from './credentials.ts';
import { actorNamed, runInProcess } from './graphql-in-process.ts';
import { isStop, VERSION } from './mcp-endpoint.ts';
import type { McpParts } from './mcp-endpoint.ts';

type DoorParts = Pick<McpParts, 'graphql' | 'rules' | 'accounts' | 'record' | 'report'>;

const isArguments = (given: unknown): given is Arguments => typeof given === 'object' && given !== null && !Array.isArray(given);

const callerOf = ({ record, report }: DoorParts, { principal }: Authenticated): Caller => ({
  actor: actorNamed(principal),
  record,
  clockMs: () => performance.now(),
  report,
});

/** How the record names what is no object of JSON: wrong for every tool, it is written down as it came, and refused. */
const NO_OBJECT = 'given';

/** What the record does not keep: of arguments that are no object nothing, since no field can be told from the next. */
function erasableIn({ name, given }: DoorCall): string | undefined {
  const field = erasableOf(name);
  return field === undefined || isArguments(given) ? field : NO_OBJECT;
}

const callOf = (asked: DoorCall): Call & { readonly given: Arguments } => ({
  tool: asked.name,
  given: isArguments(asked.given) ? asked.given : { [NO_OBJECT]: asked.given },
  erasable: erasableIn(asked),
  meta: { [CAUSE_META_KEY]: asked.cause, [TURN_META_KEY]: asked.turn },
  signal: asked.signal,
});

interface ReadyOwn {
  readonly tool: OwnTool;
  readonly input: ReadyTool['input'];
}

/** A tool of the runner's own, between the same two rows. */
async function answerOwn(caller: Caller, { tool, input }: ReadyOwn, asked: DoorCall): Promise<CallToolResult> {
  const call = callOf(asked);
  const worked = await audited<CallToolResult>(caller, call, async () => {
    const problem = await inputProblem({ input }, call.given);
    return problem === undefined ? await tool.work(call.given, asked.signal) : { outcome: 'refused', refusal: problem, cost: 0 };
  });
  return worked.outcome === 'refused' ? refusedResult(worked.refusal) : worked.result;
}

/**
 * The door of agents that this server runs: what comes over the Model Context Protocol meets the same authorisation, record and rates. It has no address, and
 * the key is looked up anew for each call, so that one that has ended does nothing more.
 */
export function agentDoor(parts: DoorParts, tools: readonly ReadyTool[]): OpenDoor {
  const agentOf = async (keyId: string): Promise<Authenticated | undefined> => {
    const authenticated = await parts.accounts.byKeyId(keyId);
    return authenticated?.principal.key?.kind === 'agent' ? authenticated : undefined;
  };
  const answer = async (authenticated: Authenticated, own: ReadyOwn | undefined, call: DoorCall): Promise<CallToolResult> => {
    const { principal } = authenticated;
    const caller = callerOf(parts, authenticated);
    const tooMuch = isStop(call.name, principal) ? undefined : parts.rules.rates.beforeParsing(principal, 'mcp');
    const refusal = tooMuch?.message ?? (await call.refusal?.());
    if (refusal !== undefined) {
      await audited(caller, callOf(call), () => Promise.resolve({ outcome: 'refused' as const, refusal, cost: 0 }));
      return refusedResult(refusal);
    }
    if (own !== undefined) return await answerOwn(caller, own, call);
    const { scopes } = principal.key ?? { scopes: [] };
    const server = { ...caller, scopes, tools, run: runInProcess(parts, principal), version: VERSION, signal: call.signal };
    return await answerCall(server, callOf(call));
  };
  return async (keyId, own) => {
    const authenticated = await agentOf(keyId);
    if (authenticated === undefined) return undefined;
    const ready = new Map(own.map((tool) => [tool.name, { tool, input: checkedBy(tool.input) }]));
    return {
      tools: [...toolsFor(authenticated.principal.key?.scopes ?? []), ...own],
      stands: async () => (await agentOf(keyId)) !== undefined,
      call: async (call) => {
        const now = await agentOf(keyId);
        return now === undefined ? refusedResult(ENDED) : await answer(now, ready.get(call.name), call);
      },
    };
  };
}
