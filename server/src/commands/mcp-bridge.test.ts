import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';
import { headersOf, messagesIn } from './mcp-bridge.ts';

const MODERN = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
const asked = (method: string, params: Record<string, unknown>): JSONRPCMessage => ({ jsonrpc: '2.0', id: 1, method, params });

test.each<{ name: string; message: JSONRPCMessage; negotiated: string | undefined; headers: Record<string, string> }>([
  { name: 'the first of the older protocol', message: asked('initialize', {}), negotiated: undefined, headers: {} },
  {
    name: 'a later one of the older protocol',
    message: asked('tools/call', { name: 'get_risk' }),
    negotiated: '2025-11-25',
    headers: { 'mcp-protocol-version': '2025-11-25' },
  },
  {
    name: 'a call of the newer protocol',
    message: asked('tools/call', { name: 'get_risk', _meta: MODERN }),
    negotiated: undefined,
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'get_risk' },
  },
  {
    name: 'a resource by its address',
    message: asked('resources/read', { uri: 'tidemark://result/a/1/e30', _meta: MODERN }),
    negotiated: undefined,
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'resources/read', 'mcp-name': 'tidemark://result/a/1/e30' },
  },
  {
    name: 'a name that no header carries',
    message: asked('tools/call', { name: 'né\r\nx: y', _meta: MODERN }),
    negotiated: undefined,
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': '=?base64?bsOpDQp4OiB5?=' },
  },
])('headers of $name', ({ message, negotiated, headers }) => expect(headersOf(message, negotiated)).toEqual(headers));

describe('a stream of events', () => {
  const bytes = new TextEncoder().encode(
    ': hello\n\nevent: message\ndata: {"jsonrpc":"2.0","id":1,"result":{"a":"é"}}\n\ndata: {"jsonrpc":"2.0",\r\ndata: "id":2,"result":{}}\r\n\r\n',
  );
  const inPieces = (size: number): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });

  test.each([1, 2, 3, 7, 1_000])('in pieces of %i bytes gives the same messages', async (size) => {
    const found: unknown[] = [];
    for await (const message of messagesIn(inPieces(size))) found.push(message);
    expect(found).toEqual([
      { jsonrpc: '2.0', id: 1, result: { a: 'é' } },
      { jsonrpc: '2.0', id: 2, result: {} },
    ]);
  });
});
