/** What a model's server speaks: OpenAI's chat completions, which most speak, or Anthropic's messages. */
export const MODEL_PROTOCOLS = ['openai', 'anthropic'] as const;
export type ModelProtocol = (typeof MODEL_PROTOCOLS)[number];

/** Where the configured model is. */
export interface ModelSettings {
  readonly protocol: ModelProtocol;
  /** Its API, like https://api.example.com/v1. */
  readonly baseUrl: string;
  /** A model on one's own machine asks for none. */
  readonly apiKey: string | undefined;
  readonly name: string;
  /** How long one turn may take. */
  readonly turnMsMax: number;
  readonly retriesMax: number;
}

/** A model in words, without anything secret; none where none is set up. */
export const modelInWords = (settings: ModelSettings | undefined): string | undefined =>
  settings === undefined ? undefined : `${settings.name} at ${new URL(settings.baseUrl).host}`;

/** Takes the key out of a text: servers repeat it in their errors. */
export const hidingKey =
  ({ apiKey }: Pick<ModelSettings, 'apiKey'>) =>
  (text: string): string =>
    apiKey === undefined || apiKey === '' ? text : text.replaceAll(apiKey, '…');
