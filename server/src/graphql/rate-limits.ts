import { getOperationAST, GraphQLError, Kind } from 'graphql';
import type { DocumentNode, SelectionSetNode } from 'graphql';
import { TokenBucket } from 'limiter';
import { isAllowed, NEEDS } from './authorization.ts';
import { costOf, DOCUMENT_LIMITS } from './limits.ts';
import type { Principal } from './principal.ts';

/** How much one principal may ask for. */
export interface RateSettings {
  /** Half a minute's worth may come at once. */
  readonly operationsPerSecond: number;
  /** In fields, as {@link costOf} counts them; a minute's worth may come at once. */
  readonly costPerMinute: number;
}

/**
 * Far above what people and their programs do. A page that is opened asks some twenty operations of 60,000 fields, counted by the sizes of its lists; the bench of live
 * updates opens ten thousand subscriptions for one session and asks 200 queries a second beside them.
 */
export const RATE_DEFAULTS: RateSettings = { operationsPerSecond: 500, costPerMinute: 12_000_000 };

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const BURST_SECONDS = 30;
/** Buckets that are full again are forgotten when there are more than so many. */
const KEPT_MAX = 1_000;

/**
 * What stops trading, takes something back, ends an access, or lets less through: it is taken however much its principal has asked for, if they may do it. Where one of them can also let
 * more through (`restrictSymbols`, `setLimit`, `setStrategyLimit`), that only proposes it, and each person has at most five open proposals.
 */
export const NEVER_REFUSED: ReadonlySet<string> = new Set([
  'cancelOrder',
  'disableStrategy',
  'endSession',
  'endSessions',
  'engageKillSwitch',
  'killStrategy',
  'pauseAgent',
  'pauseApiKey',
  'pauseEntries',
  'rejectChange',
  'rejectChangeProposal',
  'rejectRecommendation',
  'restrictSymbols',
  'retireModel',
  'revokeApiKey',
  'setLimit',
  'setStrategyLimit',
  'withdrawChangeProposal',
  'withdrawRecommendation',
]);
const NAMES_A_STOP = new RegExp([...NEVER_REFUSED].join('|'));

/** Which limit refused an operation. */
export type RateLimit = 'operations' | 'cost';

/** An operation that is about to run. */
export interface ReadOperation {
  readonly text: string;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Every field that a selection begins with, whichever fragments it stands in. */
function rootFields(document: DocumentNode, { selections }: SelectionSetNode, open: ReadonlySet<string> = new Set()): readonly string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(document, selection.selectionSet, open);
    const name = selection.name.value;
    const fragment = document.definitions.find((node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name);
    if (fragment?.kind !== Kind.FRAGMENT_DEFINITION || open.has(name)) return [];
    return rootFields(document, fragment.selectionSet, new Set([...open, name]));
  });
}

/** Whether a principal may do what always stops. What they may not do is refused in any case, and each refusal costs work and, of an agent, two rows of the record. */
function isTheirStop(principal: Principal, field: string): boolean {
  const need = NEEDS.Mutation[field];
  return NEVER_REFUSED.has(field) && need !== undefined && isAllowed(need, principal);
}

/** Whether an operation does nothing that may be refused to this principal. */
export function isNeverRefused(
  principal: Principal,
  { document, operationName }: Pick<ReadOperation, 'document' | 'operationName'>,
): boolean {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== 'mutation') return false;
  return rootFields(document, operation.selectionSet).every((field) => isTheirStop(principal, field));
}

function bucketOf(size: number, tokensPerInterval: number, interval: number): TokenBucket {
  const bucket = new TokenBucket({ bucketSize: size, tokensPerInterval, interval });
  // Whoever comes for the first time has asked for nothing yet.
  bucket.content = size;
  return bucket;
}

const isFull = (bucket: TokenBucket): boolean => {
  bucket.drip();
  return bucket.content >= bucket.bucketSize;
};

type Buckets = Readonly<Record<RateLimit, TokenBucket>>;

/**
 * Counts what each principal asks for, in this process: all sessions of a person together, each key by itself. Buckets fill again steadily. An operation is counted in two
 * steps, since what it costs is known only once it is read, and what is too much is best not read at all.
 */
export class RateLimits {
  readonly #settings: RateSettings;
  readonly #onRefused: (limit: RateLimit) => void;
  readonly #buckets = new Map<string, Buckets>();

  constructor(settings: RateSettings, onRefused: (limit: RateLimit) => void) {
    this.#settings = settings;
    this.#onRefused = onRefused;
  }

  /** Counts an operation before it is parsed; why it is refused, or nothing. One that may be a stop is counted when it is read, or cannot be. */
  beforeParsing(principal: Principal, text: string): GraphQLError | undefined {
    return NAMES_A_STOP.test(text) ? undefined : this.#take(principal, 'operations', 1);
  }

  /** Counts an operation that cannot run: it does not parse, or is not valid. Why it is refused, or nothing. Naming a stop makes it none. */
  whenUnreadable(principal: Principal, text: string): GraphQLError | undefined {
    return NAMES_A_STOP.test(text) ? this.#take(principal, 'operations', 1) : undefined;
  }

  /** Counts what an operation costs, before any of it is resolved; why it is refused, or nothing. */
  beforeRunning(principal: Principal, operation: ReadOperation): GraphQLError | undefined {
    if (isNeverRefused(principal, operation)) return undefined;
    const isCounted = !NAMES_A_STOP.test(operation.text);
    const refused = isCounted ? undefined : this.#take(principal, 'operations', 1);
    return refused ?? this.#takeCost(principal, operation);
  }

  #takeCost(principal: Principal, { document, operationName, variables }: ReadOperation): GraphQLError | undefined {
    try {
      const cost = costOf(document, operationName, variables ?? {});
      // What no document may cost is refused by that limit, and costs nothing.
      return cost > DOCUMENT_LIMITS.costMax ? undefined : this.#take(principal, 'cost', cost);
    } catch (error) {
      // Variables that no page can have.
      if (error instanceof GraphQLError) return error;
      throw error;
    }
  }

  #take({ id }: Principal, limit: RateLimit, count: number): GraphQLError | undefined {
    const bucket = this.#bucketsOf(id)[limit];
    // What is more than a bucket holds takes all of it, once it is full.
    const taken = Math.min(count, bucket.bucketSize);
    if (bucket.tryRemoveTokens(taken)) return undefined;
    this.#onRefused(limit);
    return this.#refusal(limit, Math.max(1, Math.ceil(bucket.getWaitTime(taken) / SECOND_MS)));
  }

  #bucketsOf(id: string): Buckets {
    const known = this.#buckets.get(id);
    if (known !== undefined) return known;
    if (this.#buckets.size >= KEPT_MAX) this.#forgetFull();
    const { operationsPerSecond, costPerMinute } = this.#settings;
    const buckets = {
      operations: bucketOf(operationsPerSecond * BURST_SECONDS, operationsPerSecond, SECOND_MS),
      cost: bucketOf(costPerMinute, costPerMinute, MINUTE_MS),
    };
    this.#buckets.set(id, buckets);
    return buckets;
  }

  #forgetFull(): void {
    for (const [id, { operations, cost }] of this.#buckets) if (isFull(operations) && isFull(cost)) this.#buckets.delete(id);
  }

  #refusal(limit: RateLimit, retryAfterSeconds: number): GraphQLError {
    const { operationsPerSecond, costPerMinute } = this.#settings;
    const most = limit === 'operations' ? `${operationsPerSecond} operations a second` : `${costPerMinute} fields a minute`;
    return new GraphQLError(
      `You have asked for more than ${most} for a while: ask again in ${retryAfterSeconds} s. What stops trading is taken at any time.`,
      {
        extensions: {
          code: 'RATE_LIMITED',
          limit,
          retryAfterSeconds,
          http: { status: 429, headers: { 'Retry-After': String(retryAfterSeconds) } },
        },
      },
    );
  }
}
