import type { Fact } from '../engine/effects.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { TERMINAL_STATES } from '../orders/order.ts';
import type { Order } from '../orders/order.ts';
import { Newest } from './newest.ts';

/** What a span says beside its name and its times. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface SpanMoment {
  readonly name: string;
  readonly atMs: number;
  readonly attributes: SpanAttributes;
}

/** One finished piece of work. Times are wall-clock milliseconds: when the journal wrote its first and its last entry. */
export interface FinishedSpan {
  /** 16 bytes in hex: the beginning of the hash of the entry with which the trace begins. */
  readonly traceId: string;
  /** 8 bytes in hex: the beginning of the hash of this span's own first entry; a root's are the last of its. */
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: SpanAttributes;
  readonly moments: readonly SpanMoment[];
}

/** Where what follows from an entry hangs. */
interface Place {
  readonly traceId: string;
  readonly spanId: string;
}

interface OpenBars extends Place {
  readonly entry: JournalEntry;
  /** Strategies that were asked and have not answered. */
  readonly asked: Map<string, JournalEntry>;
  endMs: number;
}

interface OpenOrder extends Place {
  readonly parentId: string | undefined;
  readonly first: JournalEntry;
  readonly moments: SpanMoment[];
  /** The entry that lets it go to the broker, until the broker has answered. */
  submitted: JournalEntry | undefined;
  state: Order['state'];
}

/** More than these are never open at once in practice; a trace that loses its beginning is better than a process that loses its memory. */
const ORDERS_MAX = 5_000;
const CAUSES_MAX = 2_000;
const BARS_MAX = 64;
/** States in which an order is seen first. In another one it began before we looked. */
const FIRST_STATES: ReadonlySet<Order['state']> = new Set(['intent', 'approved', 'denied']);

const traceIdOf = ({ hash }: JournalEntry): string => hash.slice(0, 32);
const spanIdOf = ({ hash }: JournalEntry): string => hash.slice(0, 16);
const rootIdOf = ({ hash }: JournalEntry): string => hash.slice(-16);

/**
 * Traces from a bar to the end of the orders that it led to, read from the journal alone: `bars closed` holds what each strategy decided on them, which holds
 * the orders, each of which holds its way to the broker. An order that a person or a control asked for begins a trace of its own. Nothing is measured a second
 * time, and every span names its journal entry.
 */
export class OrderTraces {
  private readonly bars = new Newest<number, OpenBars>(BARS_MAX);
  private readonly causes = new Newest<number, Place>(CAUSES_MAX);
  private readonly orders = new Newest<string, OpenOrder>(ORDERS_MAX);

  /** The spans that this entry has ended. */
  take(entry: JournalEntry): readonly FinishedSpan[] {
    switch (entry.kind) {
      case 'BarsClosed':
        this.bars.set(entry.seq, {
          entry,
          traceId: traceIdOf(entry),
          spanId: rootIdOf(entry),
          asked: new Map(),
          endMs: entry.writtenAtMs,
        });
        return [];
      case 'AskStrategy':
        this.ask(entry);
        return [];
      case 'StrategyDecided':
        return this.answered(entry, (entry.payload as Extract<EngineEvent, { kind: 'StrategyDecided' }>).decision.strategyId);
      case 'StrategyFailed':
        return this.answered(entry, (entry.payload as Extract<EngineEvent, { kind: 'StrategyFailed' }>).strategyId);
      case 'SubmitOrder':
      case 'ReplaceOrder':
        this.submit(entry);
        return [];
      case 'FillBooked':
        this.fill(entry);
        return [];
      case 'OrderChanged':
        return this.change(entry, (entry.payload as Extract<Fact, { kind: 'OrderChanged' }>).order);
      default:
        return [];
    }
  }

  private ask(entry: JournalEntry): void {
    const bars = entry.cause === undefined ? undefined : this.bars.get(entry.cause);
    if (bars !== undefined) bars.asked.set((entry.payload as { readonly strategyId: string }).strategyId, entry);
  }

  /** A strategy answers the oldest question that it was asked: its module takes one slice after the other. */
  private answered(entry: JournalEntry, strategyId: string): readonly FinishedSpan[] {
    for (const bars of this.bars.values()) {
      const asked = bars.asked.get(strategyId);
      if (asked === undefined) continue;
      bars.asked.delete(strategyId);
      bars.endMs = entry.writtenAtMs;
      const span = strategySpan(bars, asked, entry, strategyId);
      this.causes.set(entry.seq, { traceId: bars.traceId, spanId: span.spanId });
      if (bars.asked.size > 0) return [span];
      this.bars.delete(bars.entry.seq);
      return [span, barsSpan(bars)];
    }
    return [];
  }

  private submit(entry: JournalEntry): void {
    const order = this.orders.get((entry.payload as { readonly orderId: string }).orderId);
    if (order !== undefined) order.submitted = entry;
  }

  private fill(entry: JournalEntry): void {
    const { fill } = entry.payload as Extract<Fact, { kind: 'FillBooked' }>;
    this.orders.get(fill.orderId)?.moments.push(moment('fill', entry, { 'tidemark.execution.id': fill.executionId }));
  }

  private change(entry: JournalEntry, order: Order): readonly FinishedSpan[] {
    const open = this.orders.get(order.id) ?? this.begin(entry, order);
    if (open === undefined) return [];
    if (open.state !== order.state) open.moments.push(moment(order.state, entry, {}));
    open.state = order.state;
    const finished: FinishedSpan[] = [];
    const isAnswered = order.acknowledgedAt !== undefined || TERMINAL_STATES.has(order.state);
    if (open.submitted !== undefined && isAnswered) {
      finished.push(submitSpan(open, open.submitted, entry, order));
      open.submitted = undefined;
    }
    if (TERMINAL_STATES.has(order.state)) {
      this.orders.delete(order.id);
      finished.push(orderSpan(open, entry, order));
    }
    return finished;
  }

  private begin(entry: JournalEntry, order: Order): OpenOrder | undefined {
    if (!FIRST_STATES.has(order.state)) return undefined;
    const cause = entry.cause === undefined ? undefined : this.causes.get(entry.cause);
    const open: OpenOrder = {
      traceId: cause?.traceId ?? traceIdOf(entry),
      spanId: spanIdOf(entry),
      parentId: cause?.spanId,
      first: entry,
      moments: [],
      submitted: undefined,
      state: order.state,
    };
    this.orders.set(order.id, open);
    return open;
  }
}

const moment = (name: string, { seq, writtenAtMs }: JournalEntry, more: SpanAttributes): SpanMoment => ({
  name,
  atMs: writtenAtMs,
  attributes: { 'tidemark.seq': seq, ...more },
});

/** The span's receipts: the entries with which it begins and ends, and what the venue's clock showed. */
const receipts = (first: JournalEntry, last: JournalEntry): SpanAttributes => ({
  'tidemark.seq': first.seq,
  'tidemark.seq.end': last.seq,
  'tidemark.at': new Date(first.at).toISOString(),
});

function barsSpan({ entry, traceId, spanId, endMs }: OpenBars): FinishedSpan {
  const { timeframe, bars } = entry.payload as Extract<EngineEvent, { kind: 'BarsClosed' }>;
  return {
    traceId,
    spanId,
    parentId: undefined,
    name: 'bars closed',
    startMs: entry.writtenAtMs,
    endMs,
    attributes: {
      'tidemark.seq': entry.seq,
      'tidemark.at': new Date(entry.at).toISOString(),
      'tidemark.timeframe': timeframe,
      'tidemark.symbols': bars.map(({ symbol }) => symbol),
    },
    moments: [],
  };
}

const strategySpan = (bars: OpenBars, asked: JournalEntry, answer: JournalEntry, strategyId: string): FinishedSpan => ({
  traceId: bars.traceId,
  spanId: spanIdOf(asked),
  parentId: bars.spanId,
  name: answer.kind === 'StrategyFailed' ? 'strategy failed' : 'strategy decided',
  startMs: asked.writtenAtMs,
  endMs: answer.writtenAtMs,
  attributes: { ...receipts(asked, answer), 'tidemark.strategy.id': strategyId },
  moments: [],
});

const submitSpan = (open: OpenOrder, submitted: JournalEntry, answer: JournalEntry, { id, acknowledgedAt }: Order): FinishedSpan => ({
  traceId: open.traceId,
  spanId: spanIdOf(submitted),
  parentId: open.spanId,
  name: submitted.kind === 'ReplaceOrder' ? 'replace at broker' : 'submit to broker',
  startMs: submitted.writtenAtMs,
  endMs: answer.writtenAtMs,
  attributes: { ...receipts(submitted, answer), 'tidemark.order.id': id, 'tidemark.acknowledged': acknowledgedAt !== undefined },
  moments: [],
});

const orderSpan = (open: OpenOrder, last: JournalEntry, order: Order): FinishedSpan => ({
  traceId: open.traceId,
  spanId: open.spanId,
  parentId: open.parentId,
  name: 'order',
  startMs: open.first.writtenAtMs,
  endMs: last.writtenAtMs,
  attributes: {
    ...receipts(open.first, last),
    'tidemark.order.id': order.id,
    'tidemark.symbol': order.intent.symbol,
    'tidemark.side': order.intent.side,
    'tidemark.origin': order.intent.origin.kind,
    'tidemark.order.state': order.state,
    'tidemark.risk.verdict': order.decision.verdict,
    'tidemark.risk.denials': order.decision.denials.map(({ code }) => code),
    'tidemark.risk.decision.id': order.decision.id,
  },
  moments: open.moments,
});
