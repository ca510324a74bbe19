import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';
import type { ModelSettings } from '../model-settings.ts';

/** Sent where a server of Anthropic's protocol asks for no key: the library does without none. */
const NO_KEY = 'none';

/** The model that the server is set up for. Nothing is sent before it is asked something. */
export function configuredModel({ protocol, baseUrl: baseURL, apiKey, name }: ModelSettings): LanguageModel {
  if (protocol === 'anthropic') return createAnthropic({ baseURL, apiKey: apiKey ?? NO_KEY, name: 'configured' })(name);
  return createOpenAICompatible({ name: 'configured', baseURL, ...(apiKey === undefined ? {} : { apiKey }) })(name);
}
