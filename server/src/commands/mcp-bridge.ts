import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';

/** Where messages go, and with which key. */
export interface BridgeTarget {
  readonly origin: string;
  readonly key: string;
  readonly fetch: typeof fetch;
  /** One line for whoever reads stderr. */
  readonly say: (line: string) => void;
}

const MCP_PATH = '/mcp';
const VERSION_META_KEY = 'io.modelcontextprotocol/protocolVersion';
const BRIDGE_ERROR = -32_000;
/** Which field of a request a header repeats, by the protocol. */
const NAMED_BY: Readonly<Record<string, string>> = { 'tools/call': 'name', 'prompts/get': 'name', 'resources/read': 'uri' };

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsIn = (value: unknown): Fields => (isFields(value) ? value : {});

/** What a refusal says, in JSON-RPC's shape. */
function messageIn(said: unknown): string | undefined {
  const { message } = fieldsIn(fieldsIn(said)['error']);
  return typeof message === 'string' ? message : undefined;
}

/** A value that a header cannot carry as it is. */
const headerText = (value: string): string =>
  /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !value.startsWith('=?base64?')
    ? value
    : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;

/** The headers that repeat what stands in a message; `negotiated` is the version of the older handshake. */
export function headersOf(message: JSONRPCMessage, negotiated: string | undefined): Readonly<Record<string, string>> {
  const { method, params } = message as { readonly method?: string; readonly params?: unknown };
  const own = fieldsIn(fieldsIn(params)['_meta'])[VERSION_META_KEY];
  const version = typeof own === 'string' ? own : negotiated;
  const field = method === undefined ? undefined : NAMED_BY[method];
  const name = field === undefined ? undefined : fieldsIn(params)[field];
  return {
    ...(version === undefined ? {} : { 'mcp-protocol-version': version }),
    ...(typeof own === 'string' && method !== undefined ? { 'mcp-method': method } : {}),
    ...(typeof own === 'string' && typeof name === 'string' ? { 'mcp-name': headerText(name) } : {}),
  };
}

/** Messages of a stream of events, each as soon as it is whole. */
export async function* messagesIn(body: ReadableStream<Uint8Array>): AsyncGenerator<JSONRPCMessage> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of body) {
    rest = `${rest}${decoder.decode(part, { stream: true })}`.replaceAll('\r\n', '\n');
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = event.split('\n').filter((line) => line.startsWith('data:'));
      const json = data.map((line) => line.slice('data:'.length).replace(/^ /, '')).join('\n');
      if (json !== '') yield JSON.parse(json) as JSONRPCMessage;
    }
  }
}

const idOf = (message: JSONRPCMessage): string | number | undefined =>
  'method' in message && 'id' in message && message.id !== null ? message.id : undefined;

/**
 * Carries messages between a client that started this process and a server's endpoint, and decides nothing: the server authorises, records and ends. Resolves
 * when the client has closed its side.
 */
export class Bridge {
  readonly #client: Transport;
  readonly #target: BridgeTarget;
  readonly #underway = new Map<string | number, AbortController>();
  #negotiated: string | undefined;

  constructor(client: Transport, target: BridgeTarget) {
    this.#client = client;
    this.#target = target;
  }

  async run(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#client.onclose = resolve;
    });
    this.#client.onerror = (error) => this.#target.say(`a message from the client cannot be read: ${error.message}`);
    this.#client.onmessage = (message) => void this.#carry(message);
    await this.#client.start();
    await closed;
    for (const each of this.#underway.values()) each.abort();
  }

  /** Never rejects: what goes wrong is answered to the client, and said. */
  async #carry(message: JSONRPCMessage): Promise<void> {
    const id = idOf(message);
    const ended = new AbortController();
    // Over HTTP a request is called off by leaving it.
    if ('method' in message && message.method === 'notifications/cancelled') {
      const { requestId } = fieldsIn(message.params);
      if (typeof requestId === 'string' || typeof requestId === 'number') this.#underway.get(requestId)?.abort();
    }
    if (id !== undefined) this.#underway.set(id, ended);
    try {
      await this.#forward(message, ended.signal);
    } catch (error) {
      if (!ended.signal.aborted) await this.#fail(id, error instanceof Error ? error : new Error(String(error)));
    } finally {
      if (id !== undefined) this.#underway.delete(id);
    }
  }

  async #forward(message: JSONRPCMessage, signal: AbortSignal): Promise<void> {
    const { origin, key, fetch: send } = this.#target;
    const answer = await send(`${origin}${MCP_PATH}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${key}`,
        ...headersOf(message, this.#negotiated),
      },
      body: JSON.stringify(message),
      redirect: 'error',
      signal,
    });
    const type = answer.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream') && answer.body !== null) {
      for await (const each of messagesIn(answer.body)) await this.#deliver(each);
      return;
    }
    const body = await answer.text();
    if (body === '') return;
    const said: unknown = type.startsWith('application/json') ? JSON.parse(body) : undefined;
    // The server's own refusals name no request: here they are the answer to this one.
    if (isFields(said) && 'id' in said && said['id'] !== null) await this.#deliver(said as unknown as JSONRPCMessage);
    else throw new Error(messageIn(said) ?? `the server answered ${answer.status}`);
  }

  async #deliver(message: JSONRPCMessage): Promise<void> {
    const version = 'result' in message ? fieldsIn(message.result)['protocolVersion'] : undefined;
    if (typeof version === 'string') this.#negotiated = version;
    await this.#client.send(message);
  }

  async #fail(id: string | number | undefined, error: Error): Promise<void> {
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
    const sentence = error.message === 'fetch failed' ? `${this.#target.origin} does not answer${cause}` : error.message;
    this.#target.say(sentence);
    if (id !== undefined) await this.#client.send({ jsonrpc: '2.0', id, error: { code: BRIDGE_ERROR, message: sentence } });
  }
}
