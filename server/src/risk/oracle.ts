import { Decimal } from 'decimal.js';
import { format } from '../money/fixed.ts';
import type { Fixed } from '../money/fixed.ts';
import type { DenialCode, OrderIntent } from '../orders/order.ts';
import type { RiskContext } from './types.ts';

/**
 * The policy a second time, for tests: written from the page of rules in decimal arithmetic with 200 digits, sharing no code
 * with the gate. It is slow, and says only which codes deny a well-formed intent.
 */
const D = Decimal.clone({ precision: 200 });
type Figure = Decimal | undefined;
const dec = (value: Fixed): Decimal => new D(format(value));
const maybe = (value: Fixed | undefined): Figure => (value === undefined ? undefined : dec(value));

function referenceOf(context: RiskContext, symbol: string): Figure {
  const mark = context.marks.get(symbol);
  if (mark === undefined || mark.price <= 0n) return undefined;
  const [bid, ask] = [maybe(mark.bid), maybe(mark.ask)];
  if (bid?.lte(0) === true || ask?.lte(0) === true) return undefined;
  if (bid !== undefined && ask !== undefined) {
    if (bid.gt(ask)) return undefined;
    if (mark.basis === 'quote') return bid.plus(ask).div(2).toDecimalPlaces(9, Decimal.ROUND_HALF_EVEN);
  }
  return dec(mark.price);
}

/** Positions are counted even at a quote that cannot open one. */
function countedPrice(context: RiskContext, symbol: string): Figure {
  const raw = maybe(context.marks.get(symbol)?.price);
  return referenceOf(context, symbol) ?? (raw?.gt(0) === true ? raw : undefined);
}

const heldUnits = (context: RiskContext, symbol: string): Decimal => maybe(context.positions.get(symbol)?.quantity) ?? new D(0);

/** Open orders of others, and then this one, in the order in which they take what may be closed. */
interface Line {
  readonly intent: OrderIntent;
  readonly units: Decimal;
  readonly held: boolean;
  readonly increase: Decimal;
}

function linesOf(intent: OrderIntent, context: RiskContext): readonly Line[] {
  const all = [
    ...context.openOrders
      .filter((open) => open.remaining > 0n && open.intent.id !== intent.id)
      .map((open) => ({ intent: open.intent, units: dec(open.remaining), held: open.heldByBroker === true })),
    { intent, units: dec(intent.quantity), held: false },
  ];
  const lines: Line[] = [];
  for (const line of all) {
    const position = heldUnits(context, line.intent.symbol);
    const closes = line.intent.side === 'buy' ? position.lt(0) : position.gt(0);
    const taken = lines
      .filter((earlier) => earlier.intent.symbol === line.intent.symbol && earlier.intent.side === line.intent.side)
      .reduce((total, earlier) => total.plus(earlier.units), new D(0));
    const free = D.max(0, position.abs().minus(taken));
    lines.push({ ...line, increase: closes ? D.max(0, line.units.minus(free)) : line.units });
  }
  return lines;
}

function priceOfLine(line: Line, context: RiskContext): Figure {
  const prices = [countedPrice(context, line.intent.symbol), maybe(line.intent.limitPrice), maybe(line.intent.stopPrice)];
  const known = prices.filter((each): each is Decimal => each !== undefined);
  return known.length === 0 ? undefined : D.max(...known);
}

/** Worst case of one symbol in dollars. */
function worstOf(symbol: string, lines: readonly Line[], context: RiskContext): Figure {
  const position = heldUnits(context, symbol);
  const at = countedPrice(context, symbol);
  if (!position.isZero() && at === undefined) return undefined;
  const value = position.times(at ?? 0);
  const sums = { buy: new D(0), sell: new D(0) };
  for (const line of lines.filter((each) => each.intent.symbol === symbol)) {
    const worst = priceOfLine(line, context);
    if (worst === undefined) return undefined;
    sums[line.intent.side] = sums[line.intent.side].plus(line.units.times(worst));
  }
  return D.max(value.plus(sums.buy), value.negated().plus(sums.sell));
}

function reserved(lines: readonly Line[], context: RiskContext): Figure {
  let total = new D(0);
  for (const line of lines) {
    const worst = priceOfLine(line, context);
    if (worst === undefined) return undefined;
    const shorted = (countedPrice(context, line.intent.symbol) ?? worst).times('1.03');
    const each = line.intent.side === 'buy' ? worst : D.max(worst, shorted);
    if (!line.held) total = total.plus(line.increase.times(each));
  }
  return total;
}

function equityOf({ equity, equityAt, now }: RiskContext): Figure {
  if (equity === undefined || equity <= 0n || equityAt === undefined) return undefined;
  return now - equityAt >= -1_000 && now - equityAt <= 60_000 ? dec(equity) : undefined;
}

function riskOf(intent: OrderIntent, increase: Decimal, reference: Decimal, context: RiskContext): Decimal {
  if (intent.protectiveStop !== undefined) {
    const fees = increase.times(reference).times(maybe(context.feeRate) ?? 0);
    return increase
      .times(reference.minus(dec(intent.protectiveStop)).abs())
      .times('1.25')
      .plus(fees);
  }
  const volatility = maybe(context.profiles.get(intent.symbol)?.dailyVolatility60);
  const stress = volatility === undefined ? new D(1) : D.max('0.2', volatility.times(6));
  return increase.times(reference).times(intent.side === 'buy' ? D.min(1, stress) : stress.times('1.5'));
}

/** The codes that must deny a well-formed intent in a listed, tradable symbol without steps of tick and lot. */
export function expectedCodes(intent: OrderIntent, context: RiskContext): ReadonlySet<DenialCode> {
  const codes = new Set<DenialCode>();
  const { limits, tradingState: state } = context;
  const lines = linesOf(intent, context);
  const increase = lines.at(-1)?.increase ?? new D(0);
  const reference = referenceOf(context, intent.symbol);
  const mark = context.marks.get(intent.symbol);
  const age = mark === undefined ? Number.NaN : context.now - mark.at;
  const isLiquid = (maybe(context.profiles.get(intent.symbol)?.averageDollarVolume20) ?? new D(0)).gte(50_000_000);
  const ageMax = isLiquid && context.marketOpen ? limits.staleDataLiquidMsMax : limits.staleDataMsMax;
  const fresh = age >= -1_000 && age <= ageMax;
  const isExit = increase.isZero();
  const collar = isExit ? new D('0.1') : dec(isLiquid ? limits.priceCollarLiquidRatioMax : limits.priceCollarRatioMax);
  const limitPrice = maybe(intent.limitPrice);
  const crossed = (): boolean => {
    if (limitPrice === undefined || reference === undefined) return false;
    const stop = maybe(intent.stopPrice) ?? reference;
    return intent.side === 'buy'
      ? limitPrice.gt(D.max(stop, reference).times(collar.plus(1)))
      : limitPrice.lt(D.min(stop, reference).times(new D(1).minus(collar)));
  };

  if (state === 'FROZEN' || (!isExit && (state === 'HALTED' || state === 'REDUCING'))) codes.add('TradingState');
  if (intent.reduceOnly && !isExit) codes.add('OrderSanity');
  if (isExit) {
    if (fresh && crossed()) codes.add('PriceCollar');
    return codes;
  }

  const equity = equityOf(context);
  const half = state === 'HALF' ? new D('0.5') : new D(1);
  if (reference === undefined || !fresh) codes.add('StaleData');
  if (reference === undefined || reference.lt(dec(limits.minimumPriceUsdMin))) codes.add('MinimumPrice');
  const unpricedLimit = limitPrice !== undefined && reference === undefined;
  if (intent.type === 'market' || unpricedLimit || crossed()) codes.add('PriceCollar');

  const worst = reference === undefined ? undefined : priceOfLine({ intent, units: new D(0), held: false, increase }, context);
  const size = worst === undefined ? undefined : dec(intent.quantity).times(worst);
  if (size === undefined || size.gt(dec(limits.orderNotionalUsdMax).times(half))) codes.add('OrderNotional');
  if (size === undefined || equity === undefined || size.gt(dec(limits.orderNotionalRatioMax).times(equity).times(half)))
    codes.add('OrderNotional');
  const risk = reference === undefined ? undefined : riskOf(intent, increase, reference, context);
  if (risk === undefined || equity === undefined || risk.gt(dec(limits.orderRiskRatioMax).times(equity).times(half)))
    codes.add('OrderRisk');

  const broad = context.instruments.get(intent.symbol)?.broad === true;
  const single = dec(broad ? limits.concentrationBroadRatioMax : limits.concentrationRatioMax);
  const mine = reference === undefined ? undefined : worstOf(intent.symbol, lines, context);
  if (mine === undefined || equity === undefined || mine.gt(single.times(equity))) codes.add('Concentration');

  const heldSymbols = [...context.positions.values()].filter((position) => position.quantity !== 0n).map((position) => position.symbol);
  const symbols = new Set([...heldSymbols, ...lines.map((line) => line.intent.symbol)]);
  const worsts = [...symbols].map((symbol) => worstOf(symbol, lines, context));
  const priced = reference !== undefined && !worsts.includes(undefined);
  const gross = worsts.reduce<Decimal>((total, each) => total.plus(each ?? 0), new D(0));
  if (!priced || equity === undefined || gross.gt(dec(limits.grossExposureRatioMax).times(equity))) codes.add('GrossExposure');
  if (symbols.size > limits.openPositionsMax) codes.add('OpenPositions');

  const power = maybe(context.buyingPower);
  const cost = priced ? reserved(lines, context) : undefined;
  if (cost === undefined || power === undefined || power.lte(0) || cost.gt(dec(limits.buyingPowerRatioMax).times(power)))
    codes.add('BuyingPower');
  return codes;
}
