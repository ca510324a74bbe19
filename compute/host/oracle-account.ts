import type { BarSeries, BacktestOptions } from './types.ts';

/** For tests: cash, lots and costs of a backtest in the plainest way, by the words of the options. It shares nothing with the kernel. */
interface Lot {
  units: number;
  price: number;
  commission: number;
  readonly bar: number;
  readonly direction: number;
}

export interface OracleTrade {
  readonly symbol: number;
  readonly direction: number;
  readonly size: number;
  readonly entryBar: number;
  readonly entryPrice: number;
  readonly exitBar: number;
  readonly exitPrice: number;
  readonly commission: number;
}

/** One order towards the commission: its fixed part and its minimum are of all its parts together. */
export interface Ticket {
  plain: number;
  isBegun: boolean;
}

export const freshTicket = (): Ticket => ({ plain: 0, isBegun: false });

/** Room for rounding where a size was worked out from the cash that pays for it. */
const ROUNDING = 1e-12;

export const isCrumb = (units: number, others: number): boolean => units <= others * ROUNDING;

export class OracleAccount {
  readonly options: BacktestOptions;
  readonly series: readonly BarSeries[];
  cash: number;
  /** Index of the slice. */
  slice = 0;
  /** Each symbol's bar in view: -1 before its first. */
  readonly bar: number[];
  readonly isPresent: boolean[];
  readonly position: number[];
  readonly lots: Lot[][];
  readonly filled: number[];
  readonly trades: OracleTrade[] = [];
  readonly denials: (readonly [number, string, number])[] = [];
  fees = 0;
  fills = 0;
  isClosed = false;
  /** Symbols in the order in which their positions were opened. */
  held: number[] = [];

  constructor(series: readonly BarSeries[], options: BacktestOptions) {
    this.options = options;
    this.series = series;
    this.cash = options.cash;
    const all = <T>(value: () => T): T[] => series.map(value);
    this.bar = all(() => -1);
    this.isPresent = all(() => false);
    this.position = all(() => 0);
    this.filled = all(() => 0);
    this.lots = all(() => []);
  }

  price(symbol: number, column: 'open' | 'high' | 'low' | 'close' | 'volume', back = 0): number {
    return this.series[symbol]?.[column][(this.bar[symbol] ?? 0) - back] ?? Number.NaN;
  }

  units(symbol: number): number {
    return this.position[symbol] ?? 0;
  }

  whole(units: number): number {
    return this.options.wholeUnits ? Math.floor(units * (1 + ROUNDING)) : units;
  }

  private known(symbol: number): number {
    return this.price(symbol, this.isClosed || this.isPresent[symbol] !== true ? 'close' : 'open');
  }

  /** Equity, with one symbol at a price of its own. */
  equity(symbol = -1, price = 0): number {
    return this.held.reduce((sum, each) => sum + this.units(each) * (each === symbol ? price : this.known(each)), this.cash);
  }

  gross(symbol = -1, price = 0): number {
    return this.held.reduce((sum, each) => sum + Math.abs(this.units(each)) * (each === symbol ? price : this.known(each)), 0);
  }

  affordable(money: number, price: number): number {
    const { commissionFixed, commissionRate, commissionPerUnit } = this.options;
    return Math.max(0, (money - commissionFixed) / (price * (1 + commissionRate) + commissionPerUnit));
  }

  private impact(symbol: number, units: number): number {
    const { fill, impact, spreadBps, periodsPerYear } = this.options;
    if (fill === 'spread') return spreadBps / 10_000 / 2;
    if (fill === 'volume-share') return this.price(symbol, 'volume') > 0 ? impact * (units / this.price(symbol, 'volume')) ** 2 : 0;
    if (fill !== 'square-root') return 0;
    const bars = Math.max(1, Math.round((20 * periodsPerYear) / 252));
    const seen = this.bar[symbol] ?? 0;
    const before = Array.from({ length: Math.min(bars, seen) }, (_, index) => this.price(symbol, 'volume', index + 1));
    const day = Math.max(1, periodsPerYear / 252);
    const volume = (before.reduce((sum, each) => sum + each, 0) / before.length) * day;
    const needed = Math.max(2, bars);
    if (!(volume > 0) || seen <= needed) return 0;
    const changes = Array.from(
      { length: needed },
      (_, back) => this.price(symbol, 'close', back + 1) / this.price(symbol, 'close', back + 2) - 1,
    );
    const mean = changes.reduce((sum, each) => sum + each, 0) / needed;
    const variance = changes.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (needed - 1);
    return impact * Math.sqrt(variance * day) * Math.sqrt(units / volume);
  }

  fillPrice(symbol: number, arrival: number, direction: number, units: number): number {
    return arrival * Math.max(0.0001, 1 + direction * (this.options.slippageBps / 10_000 + this.impact(symbol, units)));
  }

  private commission(ticket: Ticket, direction: number, units: number, price: number): number {
    const { commissionRate, commissionFixed, commissionPerUnit, commissionMinimum, regulatoryFees } = this.options;
    const before = ticket.isBegun ? Math.max(ticket.plain, commissionMinimum) : 0;
    const plain = ticket.plain + units * price * commissionRate + units * commissionPerUnit + (ticket.isBegun ? 0 : commissionFixed);
    const sold = direction > 0 ? 0 : Math.min(units * 0.000195, 9.79) + units * price * 0.0000206;
    return Math.max(plain, commissionMinimum) - before + (regulatoryFees ? units * 0.000003 + sold : 0);
  }

  private book(ticket: Ticket, symbol: number, direction: number, units: number, price: number): number {
    const { commissionRate, commissionFixed, commissionPerUnit } = this.options;
    const commission = this.commission(ticket, direction, units, price);
    ticket.plain += units * price * commissionRate + units * commissionPerUnit + (ticket.isBegun ? 0 : commissionFixed);
    ticket.isBegun = true;
    this.cash -= direction * units * price + commission;
    const before = this.units(symbol);
    this.position[symbol] = before + direction * units;
    if (before === 0) this.held.push(symbol);
    if (this.position[symbol] === 0) this.held = this.held.filter((each) => each !== symbol);
    this.fees += commission;
    this.fills += 1;
    this.filled[symbol] = (this.filled[symbol] ?? 0) + units;
    return commission;
  }

  private capacity(symbol: number): number {
    const { fill, volumeLimit } = this.options;
    if (fill !== 'volume-share') return Infinity;
    const room = volumeLimit * this.price(symbol, 'volume');
    const left = room - (this.filled[symbol] ?? 0);
    return isCrumb(left, room) ? 0 : this.whole(left);
  }

  /** Answers the units closed. */
  close(ticket: Ticket, symbol: number, wanted: number, arrival: number, atLimit: boolean): number {
    const direction = this.units(symbol) > 0 ? -1 : 1;
    const held = Math.abs(this.units(symbol));
    const most = Math.min(wanted, this.capacity(symbol));
    if (most <= 0) return 0;
    const isAll = isCrumb(held - most, held);
    const units = isAll ? held : most;
    const price = atLimit ? arrival : this.fillPrice(symbol, arrival, direction, units);
    const commission = this.book(ticket, symbol, direction, units, price);
    this.matchLots(symbol, units, isAll, price, commission);
    return units;
  }

  private matchLots(symbol: number, units: number, isAll: boolean, price: number, commission: number): void {
    const lots = this.lots[symbol] ?? [];
    let left = isAll ? Infinity : units;
    for (let lot = lots[0]; lot !== undefined && left > 0; lot = lots[0]) {
      const taken = Math.min(lot.units, left);
      const share = lot.commission * (taken / lot.units);
      const { bar: entryBar, price: entryPrice, direction } = lot;
      const paid = share + commission * (taken / units);
      this.trades.push({ symbol, direction, size: taken, entryBar, entryPrice, exitBar: this.slice, exitPrice: price, commission: paid });
      left -= taken;
      lot.units -= taken;
      lot.commission -= share;
      if (lot.units > 0) return;
      lots.shift();
    }
  }

  /** Answers the units opened; `undefined` where the order is refused. */
  open(ticket: Ticket, symbol: number, direction: number, wanted: number, arrival: number, atLimit: boolean): number | undefined {
    const { leverage, unaffordable } = this.options;
    let units = Math.min(wanted, this.capacity(symbol));
    if (units <= 0) return 0;
    const price = atLimit ? arrival : this.fillPrice(symbol, arrival, direction, units);
    const room = leverage === null ? this.cash : Math.max(0, this.equity(symbol, price) * leverage - this.gross(symbol, price));
    if (unaffordable === 'reduce' && (direction > 0 || leverage !== null))
      units = Math.min(units, this.whole(this.affordable(room, price)));
    const sign = leverage === null ? direction : 1;
    const cost = sign * units * price + this.commission(ticket, direction, units, price);
    if (isCrumb(units, wanted) || cost > room + Math.abs(room) * ROUNDING) {
      this.denials.push([this.slice, leverage === null ? 'InsufficientCash' : 'BuyingPower', symbol]);
      return undefined;
    }
    const commission = this.book(ticket, symbol, direction, units, price);
    this.lots[symbol]?.push({ units, price, commission, bar: this.slice, direction });
    return units;
  }

  openTrades(): readonly OracleTrade[] {
    return this.lots.flatMap((lots, symbol) =>
      lots.map(({ units: size, price: entryPrice, commission, bar: entryBar, direction }) => {
        return { symbol, direction, size, entryBar, entryPrice, exitBar: -1, exitPrice: Number.NaN, commission };
      }),
    );
  }
}
