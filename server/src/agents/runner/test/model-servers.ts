import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModelProtocol } from '../model-settings.ts';

/** What a model answers, whatever its protocol. */
export interface Said {
  readonly text?: string;
  readonly calls?: readonly { readonly tool: string; readonly arguments: string }[];
  readonly tokensIn?: number;
  readonly tokensOut?: number;
  readonly finish?: 'length';
}

/** What was asked, as it came over the wire. */
export interface Heard {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An answer of the model; or a whole body with its status; or none, ever. */
export type Reply = Said | { readonly status: number; readonly body: string } | 'silence';

export interface ModelServer {
  readonly url: string;
  readonly heard: readonly Heard[];
  /** Requests whose client has gone before there was an answer. */
  hungUp(): number;
  close(): Promise<void>;
}

function openAiBody({ text, calls = [], tokensIn = 100, tokensOut = 10, finish }: Said, turn: number): unknown {
  return {
    id: `chatcmpl-${turn}`,
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'test-model',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text ?? null,
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map((call, at) => ({
                  id: `call_${turn}_${at}`,
                  type: 'function',
                  function: { name: call.tool, arguments: call.arguments },
                })),
              }),
        },
        finish_reason: finish ?? (calls.length > 0 ? 'tool_calls' : 'stop'),
      },
    ],
    usage: { prompt_tokens: tokensIn, completion_tokens: tokensOut, total_tokens: tokensIn + tokensOut },
  };
}

const FINISHED = { length: 'max_tokens' } as const;

function anthropicBody({ text, calls = [], tokensIn = 100, tokensOut = 10, finish }: Said, turn: number): unknown {
  return {
    id: `msg_${turn}`,
    type: 'message',
    role: 'assistant',
    model: 'test-model',
    content: [
      ...(text === undefined ? [] : [{ type: 'text', text }]),
      ...calls.map((call, at) => ({
        type: 'tool_use',
        id: `toolu_${turn}_${at}`,
        name: call.tool,
        input: JSON.parse(call.arguments) as unknown,
      })),
    ],
    stop_reason: finish === undefined ? (calls.length > 0 ? 'tool_use' : 'end_turn') : FINISHED[finish],
    stop_sequence: null,
    usage: { input_tokens: tokensIn, output_tokens: tokensOut },
  };
}

const BODIES: Readonly<Record<ModelProtocol, (said: Said, turn: number) => unknown>> = { openai: openAiBody, anthropic: anthropicBody };

async function read(request: IncomingMessage): Promise<Heard> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Heard['body'];
  return { path: request.url ?? '', headers: request.headers, body };
}

const send = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
};

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

/** A server on this machine that speaks a protocol as its makers describe it, and answers as `reply` says. */
export async function openModelServer(protocol: ModelProtocol, reply: (heard: Heard, turn: number) => Reply): Promise<ModelServer> {
  const heard: Heard[] = [];
  let gone = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = await read(request);
    const turn = heard.push(asked);
    const said = reply(asked, turn);
    response.on('close', () => {
      if (!response.writableEnded) gone += 1;
    });
    if (said === 'silence') return;
    if ('status' in said) send(response, said.status, said.body);
    else send(response, 200, JSON.stringify(BODIES[protocol](said, turn)));
  };
  const server = createServer((request, response) => void answer(request, response));
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    heard,
    hungUp: () => gone,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
