import { generateText, jsonSchema, tool } from 'ai';
import type { JSONSchema7, LanguageModel, ModelMessage, ToolSet } from 'ai';
import type { Instant } from '../../money/instant.ts';
import { visibleText } from '../visible-text.ts';
import { SAID_LENGTH_MAX } from './agent.ts';
import type { AgentTurn, RunEnd } from './agent.ts';
import type { OfferedTool } from './offered-tool.ts';
import { endBy, unlessAborted } from './stopping.ts';

/** The most that a model writes in one turn. */
export const TURN_TOKENS_MAX = 8_000;

export interface Conversation {
  readonly model: LanguageModel;
  /** What the agent is for. Nothing that anybody else wrote stands in it. */
  readonly instructions: string;
  /** What the run begins with: the task, and data. */
  readonly opening: string;
  readonly tools: readonly OfferedTool[];
  readonly turnsMax: number;
  /** What is left of the day's tokens. */
  readonly tokensMax: number;
  /** How often a request that failed in a way that passes is sent again. */
  readonly retriesMax: number;
  /** How long one turn may take, in milliseconds. */
  readonly turnMsMax: number;
  /** Aborted with a `Stopping` when the run has to end. */
  readonly signal: AbortSignal;
  readonly now: () => Instant;
  /** Milliseconds that only grow. */
  readonly clockMs: () => number;
  /** Writes a turn down. Where it cannot be written none of its calls is made. */
  readonly write: (turn: AgentTurn) => Promise<void>;
  /** Makes a call of a turn; what it is answered with as text. */
  readonly call: (name: string, given: unknown, turn: number) => Promise<string>;
  /** What is secret does not stand in what is written down. */
  readonly hide: (text: string) => string;
}

export interface Ended extends RunEnd {
  /** What the agent said last; nothing where it never came to it. */
  readonly summary: string | undefined;
}

interface Asked {
  readonly id: string;
  readonly name: string;
  readonly given: unknown;
}

interface Answer {
  readonly turn: AgentTurn;
  readonly asked: readonly Asked[];
  readonly messages: readonly ModelMessage[];
  readonly finish: string;
}

/** Arguments are checked where calls are written down, not by the library: a wrong one is refused there, and stands in the record. */
const toolsOf = (offered: readonly OfferedTool[]): ToolSet =>
  Object.fromEntries(
    offered.map(({ name, description, input }) => [name, tool({ description, inputSchema: jsonSchema(input as JSONSchema7) })]),
  );

const kept = (text: string, hide: Conversation['hide']): string => visibleText(hide(text)).slice(0, SAID_LENGTH_MAX);

/** A token has more characters than this in most texts: what is guessed is rather too much. */
const CHARACTERS_A_TOKEN = 3;
const TOKENS_COUNTED_MAX = 1_000_000_000;

/** As the server counts them; guessed from the text where it counts none, so that a budget holds there too. */
function tokensOf(counted: number | undefined, text: () => string): number {
  const tokens = counted !== undefined && counted >= 0 ? counted : text().length / CHARACTERS_A_TOKEN;
  return Math.min(TOKENS_COUNTED_MAX, Math.ceil(tokens));
}

/** Asks the model once. */
async function ask(parts: Conversation, messages: readonly ModelMessage[], number: number, tokensLeft: number): Promise<Answer> {
  const { model, instructions, tools, signal, now, clockMs, hide } = parts;
  const at = now();
  const startMs = clockMs();
  const answer = await generateText({
    model,
    instructions,
    messages: [...messages],
    tools: toolsOf(tools),
    maxOutputTokens: Math.min(TURN_TOKENS_MAX, tokensLeft),
    maxRetries: parts.retriesMax,
    abortSignal: AbortSignal.any([signal, AbortSignal.timeout(parts.turnMsMax)]),
  });
  const asked = answer.toolCalls.map(({ toolCallId: id, toolName: name, input: given }) => ({ id, name, given: given as unknown }));
  const turn: AgentTurn = {
    number,
    at,
    said: kept(answer.text, hide),
    tools: asked.map(({ name }) => visibleText(name).slice(0, 100)),
    tokensIn: tokensOf(answer.usage.inputTokens, () => JSON.stringify([instructions, messages, tools])),
    tokensOut: tokensOf(answer.usage.outputTokens, () => JSON.stringify(answer.responseMessages)),
    durationMs: Math.max(0, Math.round(clockMs() - startMs)),
  };
  // The library answers calls of unknown tools itself: the answers that count are those of the record.
  const own = answer.responseMessages.filter(({ role }) => role === 'assistant');
  return { turn, asked, messages: own, finish: answer.finishReason };
}

/** Answers of tools, in the place where a model expects data. One after the other: the next may rest on the one before. */
async function answersTo({ asked, turn }: Answer, { call, signal }: Conversation): Promise<ModelMessage> {
  const content: Extract<ModelMessage, { role: 'tool' }>['content'] = [];
  for (const { id, name, given } of asked) {
    const value = await unlessAborted(signal, call(name, given, turn.number));
    content.push({ type: 'tool-result', toolCallId: id, toolName: name, output: { type: 'text', value } });
  }
  return { role: 'tool', content };
}

const BROKE_OFF: Readonly<Record<string, string>> = {
  length: 'The model reached the most that it may write in one turn.',
  'content-filter': 'The model’s provider held its answer back.',
};

function endOf({ turn, finish }: Answer): Ended {
  const summary = turn.said === '' ? undefined : turn.said;
  if (finish !== 'stop' && finish !== 'tool-calls')
    return { outcome: 'failed', reason: BROKE_OFF[finish] ?? `The model broke off: ${finish}.`, summary };
  return summary === undefined
    ? { outcome: 'failed', reason: 'The model said nothing.', summary }
    : { outcome: 'done', reason: 'The agent was finished.', summary };
}

/** What went wrong, in one sentence, without anything secret. */
function failureOf(error: unknown, { hide, turnMsMax }: Conversation): RunEnd {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === 'TimeoutError') return { outcome: 'failed', reason: `The model did not answer within ${turnMsMax / 1_000} seconds.` };
  return { outcome: 'failed', reason: visibleText(hide(`The model could not be asked: ${message}`)).slice(0, 500) };
}

/** Runs the turns of one run until the model is finished or a bound is reached. Rejects only where a turn cannot be written down. */
export async function converse(parts: Conversation): Promise<Ended> {
  const { signal, turnsMax, tokensMax } = parts;
  const messages: ModelMessage[] = [{ role: 'user', content: parts.opening }];
  let used = 0;
  let lastIn = 0;
  let summary: string | undefined;
  for (let number = 1; number <= turnsMax; number += 1) {
    if (signal.aborted) return { ...endBy(signal), summary };
    // A turn reads at least what the one before read.
    if (used + lastIn >= tokensMax) return { outcome: 'over_budget', reason: 'The tokens of the day are used up.', summary };
    let answer: Answer;
    try {
      answer = await ask(parts, messages, number, tokensMax - used - lastIn);
    } catch (error) {
      return signal.aborted ? { ...endBy(signal), summary } : { ...failureOf(error, parts), summary };
    }
    const { turn } = answer;
    await parts.write(turn);
    used += turn.tokensIn + turn.tokensOut;
    lastIn = turn.tokensIn;
    summary = turn.said === '' ? summary : turn.said;
    if (answer.asked.length === 0) return endOf(answer);
    try {
      messages.push(...answer.messages, await answersTo(answer, parts));
    } catch (error) {
      if (signal.aborted) return { ...endBy(signal), summary };
      throw error;
    }
  }
  return { outcome: 'over_budget', reason: `The run has had its ${turnsMax} turns.`, summary };
}
