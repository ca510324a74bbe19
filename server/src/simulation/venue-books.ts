import type { VenueExecution, VenuePosition, VenueRecord } from './venue-types.ts';

const OPENING_CENTS = 10_000_000;

/** The venue's own books: money, positions, executions, and the log of all that happened. */
export abstract class VenueBooks {
  readonly executions: VenueExecution[] = [];
  readonly positions = new Map<string, VenuePosition>();
  readonly log: VenueRecord[] = [];
  readonly startedWith = OPENING_CENTS;
  cashCents = OPENING_CENTS;

  protected abstract now(): number;
  /** Something moved. */
  protected abstract noted(): void;

  protected book(symbol: string, signed: number, cents: number): void {
    this.cashCents -= signed * cents;
    const held = this.positions.get(symbol) ?? { shares: 0, costCents: 0 };
    const after = held.shares + signed;
    const grows = held.shares === 0 || held.shares > 0 === signed > 0;
    if (grows) held.costCents += signed * cents;
    else if (after === 0 || after > 0 !== held.shares > 0) held.costCents = after * cents;
    else held.costCents *= after / held.shares;
    held.shares = after;
    if (after === 0) this.positions.delete(symbol);
    else this.positions.set(symbol, held);
  }

  cash(cents: number, why: 'dividend' | 'transfer' | 'fee'): void {
    this.cashCents += cents;
    this.log.push({ kind: 'cash', at: this.now(), cents, why });
    this.noted();
  }

  /**
   * The newest execution never was, or was at another price. Told nowhere but in account and positions. One of before a split stays: its shares are not
   * those that are held any more.
   */
  revise(kind: 'busted' | 'corrected'): boolean {
    const execution = this.executions.at(-1);
    if (execution === undefined) return false;
    const { symbol, side, shares, cents, at } = execution;
    if (this.log.some((record) => record.kind === 'split' && record.symbol === symbol && record.at >= at)) return false;
    this.executions.pop();
    const signed = side === 'buy' ? shares : -shares;
    this.book(symbol, -signed, cents);
    if (kind === 'busted') this.log.push({ kind, at: this.now(), execution });
    else {
      this.book(symbol, signed, cents + 1);
      this.executions.push({ ...execution, cents: cents + 1 });
      this.log.push({ kind, at: this.now(), execution, cents: cents + 1 });
    }
    this.noted();
    return true;
  }
}
