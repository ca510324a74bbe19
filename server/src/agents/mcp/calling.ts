import type { CallToolResult } from '@modelcontextprotocol/server';
import { visibleValue } from '../visible-text.ts';
import { hashOf } from './audited.ts';
import type { Worked } from './audited.ts';
import { pageCountOf, summaryOf, textOfPage, textOfRefusal, textOfSummary } from './answer.ts';
import { shapeOf } from './shape.ts';
import type { Arguments, Tool } from './tool.ts';

/** What one document was answered with. */
export interface GraphqlAnswer {
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly errors: readonly { readonly message: string; readonly code: string | undefined }[];
  /** Fields, as the limits count them. */
  readonly cost: number;
}

/** Runs a document of the API as the principal of the key: the same schema, authorisation and limits as over HTTP. */
export type RunDocument = (document: string, variables: Arguments) => Promise<GraphqlAnswer>;

type Whole = { readonly ok: true; readonly value: Readonly<Record<string, unknown>>; readonly cost: number };
type Failed = { readonly ok: false; readonly message: string; readonly refused: boolean; readonly cost: number };

/** Nothing was done where one of these says no. */
const REFUSING: ReadonlySet<string> = new Set([
  'FORBIDDEN',
  'CONFIRM_LOGIN',
  'UNAUTHENTICATED',
  'RATE_LIMITED',
  'QUERY_TOO_LARGE',
  'BAD_USER_INPUT',
]);

/** Whether an error with this code says that nothing was done. */
export const isRefusal = (code: string): boolean => REFUSING.has(code);

/** The whole answer of a tool, in its shape. */
async function wholeOf({ document, variables }: Tool, given: Arguments, run: RunDocument, callId: string): Promise<Whole | Failed> {
  const { data, errors, cost } = await run(document, variables?.(given, callId) ?? given);
  const [error] = errors;
  if (error !== undefined || data === undefined) {
    const code = error?.code;
    return { ok: false, message: error?.message ?? 'The server did not answer.', refused: code !== undefined && isRefusal(code), cost };
  }
  const shaped = shapeOf(data);
  return shaped.ok
    ? { ok: true, value: visibleValue(shaped.value) as Whole['value'], cost }
    : { ok: false, message: shaped.refusal.message, refused: false, cost };
}

export const refusedResult = (message: string): CallToolResult => ({
  content: [{ type: 'text', text: textOfRefusal(message) }],
  isError: true,
});

/** Where all of a shortened answer can be read, page by page. */
export const wholeUri = (tool: string, given: Arguments, page = 1): string =>
  `tidemark://result/${tool}/${page}/${Buffer.from(JSON.stringify(given)).toString('base64url')}`;

/** A call of a tool: a summary, or why not. */
export async function callTool(tool: Tool, given: Arguments, run: RunDocument, callId: string): Promise<Worked<CallToolResult>> {
  const whole = await wholeOf(tool, given, run, callId);
  const { cost } = whole;
  if (!whole.ok)
    return whole.refused
      ? { outcome: 'refused', refusal: whole.message, cost }
      : { outcome: 'failed', result: refusedResult(whole.message), cost };
  // What was done is not done again to be read: only what reads has pages.
  const summary = tool.hints.readOnlyHint ? summaryOf(whole.value, wholeUri(tool.name, given)) : whole.value;
  return { outcome: 'answered', result: { content: [{ type: 'text', text: textOfSummary(summary) }], structuredContent: summary }, cost };
}

/** One page of the whole answer of a tool that reads. */
export async function readPage(tool: Tool, given: Arguments, page: number, run: RunDocument, callId: string): Promise<Worked<string>> {
  const whole = await wholeOf(tool, given, run, callId);
  const { cost } = whole;
  if (!whole.ok) return { outcome: 'refused', refusal: whole.message, cost };
  const json = JSON.stringify(whole.value);
  const pages = pageCountOf(json);
  if (page > pages) return { outcome: 'refused', refusal: `There are ${pages} pages.`, cost };
  return { outcome: 'answered', result: textOfPage(json, page, hashOf(json)), cost };
}
