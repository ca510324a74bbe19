import type { Kysely } from 'kysely';
import type { Fact, FactKind } from '../../engine/effects.ts';
import type { StrategyFill } from '../../engine/strategy-results.ts';
import type { Journal, JournalEntry } from '../../journal/journal.ts';
import type { JournalReads } from '../../journal/graphql.ts';
import { subtract, sum } from '../../money/money.ts';
import type { Database } from '../../platform/database.ts';
import type { TradeReads } from '../../positions/graphql.ts';
import type { Trade } from '../../positions/position.ts';
import { realizedTotal } from '../../positions/service.ts';

const KINDS = ['TradeClosed', 'TradesRestated', 'FillBooked', 'FillUndone'] as const satisfies readonly FactKind[];
type Told = Extract<Fact, { kind: (typeof KINDS)[number] }>;

interface ToldAt {
  readonly seq: number;
  readonly fact: Told;
}

const PAGE = 500;

/** What an entry says of trades and fills, if it does. */
function toldBy({ seq, type, kind, payload }: JournalEntry): ToldAt | undefined {
  return type === 'fact' && KINDS.some((known) => known === kind) ? { seq, fact: payload as Told } : undefined;
}

async function toldUntil(journal: JournalReads, until: number): Promise<ToldAt[]> {
  const told: ToldAt[] = [];
  for (const kind of KINDS) {
    let after: string | undefined;
    do {
      const page = await journal.list({ first: PAGE, after, kind, about: undefined });
      for (const { node } of page.nodes) {
        const found = node.seq <= until ? toldBy(node) : undefined;
        if (found !== undefined) told.push(found);
      }
      after = page.hasNextPage ? page.nodes.at(-1)?.cursor : undefined;
    } while (after !== undefined);
  }
  return told.sort((left, right) => left.seq - right.seq);
}

/** Round trips and strategies' fills as they stand after some facts, each in the order in which it was told. */
class Standing {
  readonly trades = new Map<string, Trade>();
  readonly fills = new Map<string, StrategyFill>();

  take(fact: Told): void {
    switch (fact.kind) {
      case 'TradeClosed':
        if (!this.trades.has(fact.trade.id)) this.trades.set(fact.trade.id, fact.trade);
        return;
      case 'TradesRestated':
        for (const id of fact.withdrawn) this.trades.delete(id);
        for (const trade of fact.trades) this.trades.set(trade.id, trade);
        return;
      case 'FillBooked':
        if (fact.strategyId !== undefined) this.fills.set(fact.fill.executionId, { ...fact.fill, strategyId: fact.strategyId });
        return;
      case 'FillUndone':
        this.fills.delete(fact.executionId);
    }
  }
}

function standingAt(told: readonly ToldAt[], upTo: number): Standing {
  const standing = new Standing();
  for (const { seq, fact } of told) if (seq <= upTo) standing.take(fact);
  return standing;
}

/**
 * Trades and strategies' fills in memory: read once, then kept up by the journal, so that a live list of strategies costs no query for
 * each price.
 */
export async function openTrades(
  db: Kysely<Database>,
  journal: Pick<Journal, 'onAppended'>,
  reads: JournalReads,
): Promise<TradeReads & { stop(): void }> {
  const later: JournalEntry[] = [];
  let take = (entry: JournalEntry): void => void later.push(entry);
  const stop = journal.onAppended((entries) => entries.forEach((entry) => take(entry)));
  const until = reads.head().seq;
  await reads.projected(until);
  const told = await toldUntil(reads, until);
  const newest = standingAt(told, until);
  take = (entry) => {
    const found = entry.seq > until ? toldBy(entry) : undefined;
    if (found === undefined) return;
    told.push(found);
    newest.take(found.fact);
  };
  later.forEach((entry) => take(entry));
  const standing = (upTo: number | undefined): Standing => (upTo === undefined ? newest : standingAt(told, upTo));
  return {
    all: (upTo) => Promise.resolve([...standing(upTo).trades.values()]),
    strategyFills: (upTo) => Promise.resolve([...standing(upTo).fills.values()]),
    realizedTotal: async (upTo) =>
      upTo === undefined
        ? await realizedTotal(db)
        : sum([...standing(upTo).trades.values()].map(({ grossPnl, fees }) => subtract(grossPnl, fees))),
    stop,
  };
}
