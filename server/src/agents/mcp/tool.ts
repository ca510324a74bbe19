import type { Scope } from '../../approvals/keys.ts';

/** JSON Schema, as much of it as tools use. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly additionalProperties?: false;
}

export type Arguments = Readonly<Record<string, unknown>>;

/** What clients are told beside the schemas, to decide whom to ask before a call. */
export interface Hints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
}

/** A thin mirror of one document of the API. What it answers with follows from the document: {@link outputSchemaOf} in `output-schema.ts`. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** What a key must be for: without it the tool is not there. */
  readonly scope: Exclude<Scope, 'trade'>;
  readonly hints: Hints;
  readonly input: Schema;
  readonly document: string;
  /** Variables of the document from the arguments and the id of the call in the record; the arguments themselves where absent. */
  readonly variables?: (given: Arguments, callId: string) => Arguments;
  /** A field whose texts can be erased elsewhere, so that the record, which only grows, keeps their SHA-256 instead. */
  readonly erasable?: string;
}

export const READS: Hints = { readOnlyHint: true, destructiveHint: false, idempotentHint: true };
/** Adds something, and said twice adds it twice. */
export const ADDS: Hints = { readOnlyHint: false, destructiveHint: false, idempotentHint: false };
/** Said twice it is as said once. */
export const SETS: Hints = { readOnlyHint: false, destructiveHint: false, idempotentHint: true };
export const DESTROYS: Hints = { readOnlyHint: false, destructiveHint: true, idempotentHint: true };

/** As they are listed: of what only reads the other two say nothing, by the protocol. */
export const annotationsOf = (hints: Hints): Partial<Hints> => (hints.readOnlyHint ? { readOnlyHint: true } : hints);

/** How long a text may be the API says; all arguments together are bounded before a call. */
export const text = (description?: string): Schema => ({ type: 'string', ...(description === undefined ? {} : { description }) });
export const choice = (values: readonly string[], description?: string): Schema => ({
  type: 'string',
  ...(description === undefined ? {} : { description }),
  enum: values,
});
export const whole = (minimum: number, maximum: number, description?: string): Schema => ({
  type: 'integer',
  ...(description === undefined ? {} : { description }),
  minimum,
  maximum,
});
export const real = (description: string): Schema => ({ type: 'number', description });
export const flag = (description: string): Schema => ({ type: 'boolean', description });
export const list = (items: Schema): Schema => ({ type: 'array', items });

/** An object that takes these fields and no others. */
export const fields = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
  additionalProperties: false,
});

/** Of lists that have pages. */
export const PAGE = { first: whole(1, 50), after: text('The last `next`') } as const;
export const REASON = text('For the journal');
