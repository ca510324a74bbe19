import { errors } from '@alpacahq/alpaca-trade-api';
import { RequestNotSent } from '../../../market-data/providers/request-lanes.ts';
import type { CancelOutcome, SubmitOutcome } from '../../broker.ts';
import { isDuplicateId, refusalOf, refusalText } from './refusals.ts';
import type { ErrorBody } from './refusals.ts';

/** The broker could not be asked, or gave no answer that says anything. */
export class BrokerUnavailable extends Error {
  override readonly name = 'BrokerUnavailable';
}

/** What went wrong, in one sentence with the broker's own words. */
export function describeFailure(error: unknown): string {
  if (error instanceof errors.ApiError) {
    const request = error.requestId === undefined ? '' : `, request ${error.requestId}`;
    return `HTTP ${error.status}${error.code === undefined ? '' : `, code ${error.code}`}${request}: ${error.message.slice(0, 500)}`;
  }
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? describeFailure(error.cause) : error.message;
}

export const isNotFound = (error: unknown): boolean => error instanceof errors.ApiError && error.status === 404;

/** The broker's refusal of our keys: no use to go on asking. */
export const isUnauthorized = (error: unknown): boolean => error instanceof errors.ApiError && error.status === 401;

/** True where the request is certain not to have left this machine. */
export function wasNotSent(error: unknown): boolean {
  if (error instanceof RequestNotSent) return true;
  return error instanceof Error && error.cause !== undefined && wasNotSent(error.cause);
}

/**
 * The envelope of an error, where the body is one: `code` and `message`, and what else it holds. The SDK keeps only the two. Pages of proxies and
 * empty bodies are none.
 */
export async function errorBody(error: unknown): Promise<ErrorBody | undefined> {
  if (!(error instanceof errors.ApiError)) return undefined;
  try {
    const body: unknown = await error.response.clone().json();
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
    const { code, message, ...extra } = body as Readonly<Record<string, unknown>>;
    return typeof code === 'number' && typeof message === 'string' ? { status: error.status, code, message, extra } : undefined;
  } catch (notJson) {
    // What is no JSON is no word of the trading API.
    if (notJson instanceof SyntaxError || notJson instanceof TypeError) return undefined;
    throw notJson;
  }
}

/** The id was used before: the order may be there already, from a submission whose answer was lost. */
export async function isDuplicateClientId(error: unknown): Promise<boolean> {
  const body = await errorBody(error);
  return body !== undefined && isDuplicateId(body);
}

/** Only a refusal in words that we know is a rejection; a request that did not leave is told apart; everything else leaves the outcome unknown. */
export async function submitFailure(error: unknown): Promise<SubmitOutcome> {
  if (wasNotSent(error)) return { kind: 'unsent', message: describeFailure(error) };
  const body = await errorBody(error);
  const refusal = body === undefined ? undefined : refusalOf(body);
  if (body === undefined || refusal === undefined) return { kind: 'unknown', message: describeFailure(error) };
  const requestId = error instanceof errors.ApiError ? error.requestId : undefined;
  const asked = requestId === undefined ? {} : { requestId };
  return { kind: 'rejected', code: String(body.code), message: refusalText(body), reason: refusal, ...asked };
}

export function cancelFailure(error: unknown): CancelOutcome {
  if (isNotFound(error)) return { kind: 'not-found' };
  if (error instanceof errors.ApiError && error.status === 422) return { kind: 'not-cancelable', message: error.message };
  return { kind: 'unknown', message: describeFailure(error) };
}
