import { setTimeout as wait } from 'node:timers/promises';
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4Content, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import type { Script, ScriptedAnswer, ScriptedTurn, TurnAnswers } from '../scripts/course.ts';

function dataIn(text: string): ScriptedAnswer['data'] {
  const [, ...body] = text.split('\n');
  try {
    const value: unknown = JSON.parse(body.join('\n'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ScriptedAnswer['data']) : undefined;
  } catch (error) {
    // A refusal is a sentence, and no data.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The answers to each turn so far, in order. */
function answersIn({ prompt }: LanguageModelV4CallOptions): readonly TurnAnswers[] {
  const turns: ScriptedAnswer[][] = [];
  for (const { role, content } of prompt) {
    if (role === 'assistant') turns.push([]);
    if (role !== 'tool') continue;
    for (const part of content)
      if (part.type === 'tool-result' && part.output.type === 'text')
        turns.at(-1)?.push({ tool: part.toolName, text: part.output.value, data: dataIn(part.output.value) });
  }
  return turns;
}

const contentOf = ({ text, calls = [] }: ScriptedTurn, turn: number): LanguageModelV4Content[] => [
  ...(text === undefined ? [] : [{ type: 'text' as const, text }]),
  ...calls.map((call, at) => ({
    type: 'tool-call' as const,
    toolCallId: `call-${turn}-${at}`,
    toolName: call.tool,
    input: JSON.stringify(call.arguments),
  })),
];

/** Nothing is read or written by a model, and so nothing is counted. */
const NO_TOKENS: LanguageModelV4GenerateResult['usage'] = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};

/** Plays a script in place of a model. Which turn it is follows from the conversation, so that one script serves any number of runs. */
export function scriptedModel(script: Script): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'tidemark',
    modelId: 'scripted',
    supportedUrls: {},
    doGenerate: async (options) => {
      const turns = answersIn(options);
      const played = script(turns);
      const asks = (played.calls ?? []).length > 0;
      // Rejects as soon as the run is stopped.
      await wait(played.afterMs ?? 0, undefined, options.abortSignal === undefined ? {} : { signal: options.abortSignal });
      return {
        content: contentOf(played, turns.length),
        finishReason: { unified: asks ? 'tool-calls' : 'stop', raw: undefined },
        usage: NO_TOKENS,
        warnings: [],
      };
    },
    doStream: () => Promise.reject(new Error('The script is not streamed.')),
  };
}
