import { errors } from '@alpacahq/alpaca-trade-api';
import type { CancelOutcome, SubmitOutcome } from '../../broker.ts';

/** The broker could not be asked, or gave no answer that says anything. */
export class BrokerUnavailable extends Error {
  override readonly name = 'BrokerUnavailable';
}

const DUPLICATE_CLIENT_ID = 40010001;

/** Statuses after which it is open whether the broker has taken the request. */
const isUncertain = (status: number): boolean => status >= 500 || status === 408 || status === 409 || status === 429;

/** What went wrong, in one sentence with the broker's own words. */
export function describeFailure(error: unknown): string {
  if (error instanceof errors.ApiError) {
    const request = error.requestId === undefined ? '' : `, request ${error.requestId}`;
    return `HTTP ${error.status}${error.code === undefined ? '' : `, code ${error.code}`}${request}: ${error.message}`;
  }
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

export const isNotFound = (error: unknown): boolean => error instanceof errors.ApiError && error.status === 404;

/** The id was used before: the order may be there already, from a submission whose answer was lost. */
export const isDuplicateClientId = (error: unknown): boolean =>
  error instanceof errors.ApiError && (error.code === DUPLICATE_CLIENT_ID || /client_order_id must be unique/.test(error.message));

/** Only a positive answer of the broker is a rejection; everything else leaves the outcome unknown. */
export function submitFailure(error: unknown): SubmitOutcome {
  if (error instanceof errors.ApiError && error.status >= 400 && !isUncertain(error.status)) {
    return { kind: 'rejected', code: String(error.code ?? error.status), message: error.message };
  }
  return { kind: 'unknown', message: describeFailure(error) };
}

export function cancelFailure(error: unknown): CancelOutcome {
  if (isNotFound(error)) return { kind: 'not-found' };
  if (error instanceof errors.ApiError && error.status === 422) return { kind: 'not-cancelable', message: error.message };
  return { kind: 'unknown', message: describeFailure(error) };
}
