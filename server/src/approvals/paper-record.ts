import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Instant } from '../money/instant.ts';

const count = z.number().int().min(0).max(1_000_000_000);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().regex(/^[ -~]{1,128}$/);

const RECORD = z.strictObject({
  version: hash,
  configHash: hash,
  account: name,
  strategyId: name,
  days: count,
  decisions: count,
  differences: count,
  backtests: count,
  seq: count,
  head: hash,
  madeAt: z.number().int().min(0),
});

/** What a strategy has shown on paper: written by the server of the paper account, and taken to the one of the live account. */
export interface PaperRecord {
  readonly version: string;
  /** Over everything that decides what the strategy does and how large. */
  readonly configHash: string;
  /** The paper account, as the broker numbers it, and the strategy's id there. */
  readonly account: string;
  readonly strategyId: string;
  /** Whole trading days. */
  readonly days: number;
  /** Recorded decisions that a fresh module was asked for again, and those in which it differed. */
  readonly decisions: number;
  readonly differences: number;
  /** Finished backtests of the version. */
  readonly backtests: number;
  /** The paper journal's newest entry, and its hash: the record can be looked up there. */
  readonly seq: number;
  readonly head: string;
  /** The wall clock. */
  readonly madeAt: Instant;
}

const HEADER = 'tmkpaper1';
const TEXT_MAX = 4_096;
const KEY_BYTES = 32;

/** A key of its own: what signs records opens nothing else. */
const signatureOf = (body: string, key: KeyObject): Buffer => {
  const derived = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), HEADER, KEY_BYTES));
  return createHmac('sha256', derived).update(`${HEADER}.${body}`).digest();
};

/** `tmkpaper1.<record>.<signature>`. */
export function signRecord(record: PaperRecord, key: KeyObject): string {
  const body = Buffer.from(JSON.stringify(RECORD.parse(record)), 'utf8').toString('base64url');
  return [HEADER, body, signatureOf(body, key).toString('base64url')].join('.');
}

export type ReadRecord = { readonly ok: true; readonly record: PaperRecord } | { readonly ok: false; readonly problem: string };

const refused = (problem: string): ReadRecord => ({ ok: false, problem });

function contentOf(body: string): unknown {
  try {
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Nothing of a record is looked at before its signature is known to be right. */
export function readRecord(text: string, key: KeyObject): ReadRecord {
  const [header, body = '', signature = '', ...more] = text.trim().split('.');
  if (text.length > TEXT_MAX || header !== HEADER || more.length > 0) return refused('This is no paper record: it begins with tmkpaper1.');
  const [given, right] = [Buffer.from(signature, 'base64url'), signatureOf(body, key)];
  if (given.length !== right.length || !timingSafeEqual(given, right))
    return refused('The paper record was changed, or signed with another key: both servers need the same TIDEMARK_RECORD_KEY.');
  const parsed = RECORD.safeParse(contentOf(body));
  return parsed.success
    ? { ok: true, record: { ...parsed.data, madeAt: parsed.data.madeAt as Instant } }
    : refused('The paper record was made by another version of Tidemark: make it again with this one.');
}

/** Every field, in a fixed order. */
export const recordFields = (record: PaperRecord): readonly unknown[] => [
  record.version,
  record.configHash,
  record.account,
  record.strategyId,
  record.days,
  record.decisions,
  record.differences,
  record.backtests,
  record.seq,
  record.head,
  record.madeAt,
];
