import { format } from '../money/fixed.ts';
import type { Ratio } from '../money/fixed.ts';
import type { DenialCode, OrderIntent } from '../orders/order.ts';
import {
  allPriced,
  caseOf,
  countedOf,
  dollars,
  heatOf,
  isOption,
  judgedBy,
  maybe,
  positionOf,
  referenceOf,
  riskOf,
  stillOf,
  sumsOf,
  symbolsOf,
  top,
  total,
  UNKNOWN,
  worstOf,
  worstPriceOf,
} from './oracle-case.ts';
import type { Case, Maybe, Say } from './oracle-case.ts';
import { greeks, optionEnd, optionEntry, optionExit, optionAfter } from './oracle-options.ts';
import { oracleTail } from './oracle-tail.ts';
import type { OracleHolding } from './oracle-tail.ts';
import { F, ONE, R, ZERO } from './rational.ts';
import type { RiskContext } from './types.ts';

/**
 * The policy a second time, for tests: written from the page of rules over plain arrays in fractions that are never rounded, sharing no code with the
 * gate's controls and sums. It is slow. For a well-formed intent in steps of tick and lot it says every denial as `code limit actual`.
 */

/** A share of equity against a limit. */
function share(say: Say, code: DenialCode, limit: bigint, sum: Maybe, { equity, reference }: Case): void {
  const text = format(limit as Ratio);
  if (sum === undefined || reference === undefined || equity === undefined) say(code, text, UNKNOWN);
  else if (sum.gt(F(limit).times(equity))) say(code, text, sum.over(equity).text());
}

function sizing(of: Case, say: Say): void {
  const { intent, limits, reference, equity, half, own, context } = of;
  const halves = (limit: bigint): bigint => (half ? limit / 2n : limit);
  const factor = half ? R.of(2n, 1n) : ONE;
  const risk =
    reference === undefined ? undefined : riskOf(intent.side, intent.protectiveStop, own.increase, reference, intent.symbol, context);
  const riskText = format(halves(limits.orderRiskRatioMax) as Ratio);
  if (risk === undefined || equity === undefined) say('OrderRisk', riskText, UNKNOWN);
  else if (risk.times(factor).gt(F(limits.orderRiskRatioMax).times(equity))) say('OrderRisk', riskText, risk.over(equity).text());

  const worst = reference === undefined ? undefined : top(reference, maybe(intent.limitPrice), maybe(intent.stopPrice));
  const size = worst === undefined ? undefined : F(intent.quantity).times(dollars(intent.symbol, worst));
  const usdText = format(halves(limits.orderNotionalUsdMax) as Ratio);
  if (size === undefined) say('OrderNotional', usdText, UNKNOWN);
  else if (size.times(factor).gt(F(limits.orderNotionalUsdMax))) say('OrderNotional', usdText, size.text());
  const shareText = format(halves(limits.orderNotionalRatioMax) as Ratio);
  if (size === undefined || equity === undefined) say('OrderNotional', shareText, UNKNOWN);
  else if (size.times(factor).gt(F(limits.orderNotionalRatioMax).times(equity))) say('OrderNotional', shareText, size.over(equity).text());

  const volume = maybe(context.profiles.get(judgedBy(context, intent.symbol))?.averageVolume20);
  const shares = dollars(intent.symbol, F(intent.quantity));
  const volumeText = format(limits.orderVolumeRatioMax);
  if (volume === undefined || !volume.gt(ZERO)) say('OrderVolume', volumeText, UNKNOWN);
  else if (shares.gt(F(limits.orderVolumeRatioMax).times(volume))) say('OrderVolume', volumeText, shares.over(volume).text());
}

function exposures(of: Case, say: Say): void {
  const { intent, limits, context, lines } = of;
  const instrument = context.instruments.get(intent.symbol);
  const broad = instrument?.broad === true;
  share(say, 'Concentration', broad ? limits.concentrationBroadRatioMax : limits.concentrationRatioMax, worstOf(intent.symbol, of), of);
  if (!broad) {
    const sector = instrument?.sector;
    const same = (symbol: string): boolean => {
      const other = context.instruments.get(symbol);
      return other?.broad !== true && other?.sector === sector;
    };
    const limit = sector === undefined ? limits.sectorUnknownRatioMax : limits.sectorExposureRatioMax;
    share(
      say,
      'SectorExposure',
      limit,
      total(of, (symbol) => worstOf(symbol, of), same),
      of,
    );
  }
  share(
    say,
    'GrossExposure',
    limits.grossExposureRatioMax,
    total(of, (symbol) => worstOf(symbol, of)),
    of,
  );
  const net = total(of, (symbol) => {
    const sums = sumsOf(symbol, of);
    if (sums === undefined) return undefined;
    return intent.side === 'buy' ? sums.value.plus(sums.buys) : sums.sells.minus(sums.value);
  });
  share(say, 'NetExposure', limits.netExposureRatioMax, net, of);
  let cost: Maybe = allPriced(of) ? ZERO : undefined;
  for (const { symbol, quantity, averagePrice } of context.positions.values())
    cost = cost?.plus(
      F(quantity)
        .abs()
        .times(dollars(symbol, F(averagePrice))),
    );
  for (const line of lines) cost = cost?.plus(line.increase.times(dollars(line.intent.symbol, worstPriceOf(line, context) ?? ZERO)));
  share(say, 'CapitalDeployed', limits.capitalDeployedRatioMax, cost, of);
  const count = symbolsOf(of).length;
  if (count > limits.openPositionsMax) say('OpenPositions', String(limits.openPositionsMax), String(count));
  share(say, 'PortfolioHeat', limits.portfolioHeatRatioMax, heatOf(of), of);
  shorts(of, say);
}

function shorts(of: Case, say: Say): void {
  const { intent, limits, context } = of;
  if (intent.side === 'buy' || isOption(intent.symbol)) return;
  if (limits.shortExposureRatioMax === 0n) return say('ShortSale', 'no shorts', 'a short sale');
  if (!context.shortingEnabled) return say('ShortSale', 'allowed by the broker', 'not allowed');
  const instrument = context.instruments.get(intent.symbol);
  if (instrument?.shortable !== true || instrument.easyToBorrow !== true)
    say('ShortSale', 'shortable and easy to borrow', 'hard to borrow');
  const sum = total(of, (symbol) => {
    const sums = sumsOf(symbol, of);
    return sums === undefined ? undefined : top(ZERO, sums.sells.minus(sums.value));
  });
  share(say, 'ShortSale', limits.shortExposureRatioMax, sum, of);
}

function power(of: Case, say: Say): void {
  const { limits, context, lines, reference } = of;
  const text = format(limits.buyingPowerRatioMax);
  const [lent, cash] = [maybe(context.buyingPower), maybe(context.cash)];
  const inFull = isOption(of.intent.symbol) && lent !== undefined && cash?.lt(lent) === true;
  const available = inFull ? cash : lent;
  if (reference === undefined || !allPriced(of) || available === undefined || !available.gt(ZERO)) return say('BuyingPower', text, UNKNOWN);
  let cost = ZERO;
  for (const line of lines) {
    const worst = worstPriceOf(line, context) ?? ZERO;
    const shorted = (countedOf(context, line.intent.symbol) ?? worst).times(R.of(103n, 100n));
    const each = line.intent.side === 'sell' && shorted.gt(worst) ? shorted : worst;
    if (!line.held) cost = cost.plus(line.increase.times(dollars(line.intent.symbol, each)));
  }
  if (cost.gt(F(limits.buyingPowerRatioMax).times(available))) say('BuyingPower', text, cost.over(available).text());
}

function allocation(of: Case, say: Say): void {
  const { intent, limits, context, equity, reference } = of;
  const { origin } = intent;
  if (origin.kind !== 'strategy') return;
  const text = format(limits.strategyAllocationRatioMax);
  const strategy = context.strategies.get(origin.strategyId);
  if (strategy === undefined || strategy.allocation <= 0n || equity === undefined || reference === undefined)
    return say('StrategyAllocation', text, UNKNOWN);
  const mine = [
    ...context.openOrders
      .filter((open) => open.remaining > 0n && open.id !== intent.id && open.intent.origin.kind === 'strategy')
      .filter((open) => open.intent.origin.kind === 'strategy' && open.intent.origin.strategyId === origin.strategyId)
      .map((open) => ({ intent: open.intent, units: F(open.remaining) })),
    { intent, units: stillOf(intent, context) },
  ];
  let sum = ZERO;
  for (const symbol of new Set([...strategy.holdings.keys(), ...mine.map((each) => each.intent.symbol)])) {
    const units = maybe(strategy.holdings.get(symbol)) ?? ZERO;
    const at = countedOf(context, symbol);
    if (!units.isZero() && at === undefined) return say('StrategyAllocation', text, UNKNOWN);
    const worth = units.times(dollars(symbol, at ?? ZERO));
    let [long, short] = [worth, ZERO.minus(worth)];
    for (const each of mine) {
      if (each.intent.symbol !== symbol) continue;
      const worst = top(at, maybe(each.intent.limitPrice), maybe(each.intent.stopPrice));
      if (worst === undefined) return say('StrategyAllocation', text, UNKNOWN);
      const size = each.units.times(dollars(symbol, worst));
      if (each.intent.side === 'buy') long = long.plus(size);
      else short = short.plus(size);
    }
    sum = sum.plus(top(long, short) ?? ZERO);
  }
  const allotted = equity.times(F(strategy.allocation));
  if (sum.gt(F(limits.strategyAllocationRatioMax).times(allotted))) say('StrategyAllocation', text, sum.over(allotted).text());
}

function tails(of: Case, say: Say): void {
  const { limits, context, equity, reference } = of;
  const text = format(limits.valueAtRiskRatioMax);
  if (equity === undefined || reference === undefined || !allPriced(of)) return say('ValueAtRisk', text, UNKNOWN);
  const unitsOf = (symbol: string, with_: boolean): R => {
    let units = positionOf(context, symbol);
    for (const line of of.lines) {
      if (line.intent.symbol !== symbol || (line === of.own && !with_)) continue;
      units = line.intent.side === 'buy' ? units.plus(line.increase) : units.minus(line.increase);
    }
    return units;
  };
  const holdings = (with_: boolean): OracleHolding[] =>
    symbolsOf(of).map((symbol) => {
      const units = unitsOf(symbol, with_);
      const share = units.times(dollars(symbol, countedOf(context, symbol) ?? ZERO)).over(equity);
      return { symbol, share, option: optionAfter(of, symbol, units, share) };
    });
  // An order at a limit has a size, but without a price nobody knows what it would hold.
  if (symbolsOf(of).some((symbol) => countedOf(context, symbol) === undefined && !unitsOf(symbol, true).isZero()))
    return say('ValueAtRisk', text, UNKNOWN);
  const [before, after] = [oracleTail(holdings(false), context.profiles), oracleTail(holdings(true), context.profiles)];
  const check = (limit: bigint, was: R, is: R): void => {
    if (is.gt(was) && is.gt(F(limit))) say('ValueAtRisk', format(limit as Ratio), is.text());
  };
  check(limits.valueAtRiskRatioMax, before.valueAtRisk, after.valueAtRisk);
  check(limits.expectedShortfallRatioMax, before.shortfall, after.shortfall);
}

function prices(of: Case, say: Say): void {
  const { intent, limits, context, reference, liquid } = of;
  const mark = context.marks.get(intent.symbol);
  const age = mark === undefined ? Number.NaN : context.now - mark.at;
  const ageMax = liquid && context.marketOpen ? limits.staleDataLiquidMsMax : limits.staleDataMsMax;
  if (reference === undefined || !(age >= -1_000)) say('StaleData', String(ageMax), UNKNOWN);
  else if (age > ageMax) say('StaleData', String(ageMax), String(age));
  const minimum = limits.minimumPriceUsdMin;
  const judged = judgedBy(context, intent.symbol);
  const priced = referenceOf(context, judged);
  if (minimum > 0n && priced === undefined) say('MinimumPrice', format(minimum), UNKNOWN);
  else if (priced?.lt(F(minimum)) === true) say('MinimumPrice', format(minimum), priced.text());
  const volume = context.profiles.get(judged)?.averageDollarVolume20;
  const liquidity = limits.minimumLiquidityUsdMin;
  if (liquidity > 0n && (volume === undefined || volume < liquidity))
    say('MinimumLiquidity', format(liquidity), volume === undefined ? UNKNOWN : format(volume));
  const collar = liquid ? limits.priceCollarLiquidRatioMax : limits.priceCollarRatioMax;
  if (intent.type === 'market') say('PriceCollar', format(collar), 'market');
  else if (intent.limitPrice !== undefined && reference === undefined) say('PriceCollar', format(collar), UNKNOWN);
  else crossing(of, collar, say);
}

function crossing({ intent, reference }: Case, collar: bigint, say: Say): void {
  if (intent.limitPrice === undefined || reference === undefined) return;
  const stop = intent.stopPrice === undefined ? reference : F(intent.stopPrice);
  const buys = intent.side === 'buy';
  const anchor = (buys ? stop.gt(reference) : stop.lt(reference)) ? stop : reference;
  const beyond = buys ? F(intent.limitPrice).minus(anchor) : anchor.minus(F(intent.limitPrice));
  if (beyond.gt(F(collar).times(anchor))) say('PriceCollar', format(collar as Ratio), beyond.over(anchor).text());
}

function places({ intent, limits, context }: Case, say: Say): void {
  const { restrictions, clockSkewMs, mode, session, now } = context;
  const names = [intent.symbol, judgedBy(context, intent.symbol)];
  const instrument = context.instruments.get(names[1] ?? '');
  const banned = names.find((name) => restrictions.denied.has(name));
  const excepted = names.some((name) => restrictions.excepted.has(name));
  if (banned !== undefined) say('RestrictedSymbol', 'not on the deny list', banned);
  else if (restrictions.allowed.size > 0 && !names.some((name) => restrictions.allowed.has(name)))
    say('RestrictedSymbol', 'on the allow list', intent.symbol);
  else if (!excepted && instrument?.overTheCounter === true) say('RestrictedSymbol', 'listed on an exchange', 'over the counter');
  else if (!excepted && instrument?.leveraged === true) say('RestrictedSymbol', 'no leverage', 'a leveraged fund');
  if (clockSkewMs === undefined && mode !== 'simulated') say('ClockSkew', String(limits.clockSkewMsMax), UNKNOWN);
  else if (clockSkewMs !== undefined && Math.abs(clockSkewMs) > limits.clockSkewMsMax)
    say('ClockSkew', String(limits.clockSkewMsMax), String(Math.abs(clockSkewMs)));
  if (names.some((name) => context.halted.has(name))) say('MarketHours', 'not halted', 'halted');
  else if (!context.marketOpen && session !== undefined) say('MarketHours', 'open', 'halted');
  else if (!context.marketOpen && !['day', 'gtc', 'opg'].includes(intent.timeInForce))
    say('MarketHours', 'day, gtc, opg', intent.timeInForce);
  else if (context.marketOpen && session === undefined) say('MarketHours', 'a session of the calendar', UNKNOWN);
  else if (context.marketOpen && session !== undefined && now < session.openAt + 120_000)
    say('MarketHours', '120000', String(now - session.openAt));
  else if (context.marketOpen && session !== undefined && now > session.closeAt - 120_000)
    say('MarketHours', '120000', String(session.closeAt - now));
}

function flows({ intent, limits, context, lines }: Case, say: Say): void {
  const { activity, now, openOrders } = context;
  const { origin, symbol, side } = intent;
  const who = origin.kind === 'strategy' ? `strategy:${origin.strategyId}` : origin.principal;
  const rate = (limit: number, ms: number, mine: boolean): void => {
    let count = 1;
    for (const request of activity.requests) if (request.entry && now - request.at < ms && (!mine || request.by === who)) count += 1;
    if (count > limit) say('OrderRate', String(limit), String(count));
  };
  rate(limits.orderRateSecondMax, 1_000, false);
  rate(limits.orderRateMinuteMax, 60_000, false);
  if (origin.kind === 'strategy') rate(limits.orderRateStrategyMinuteMax, 60_000, true);
  if (who.startsWith('agent:')) rate(limits.orderRateAgentMinuteMax, 60_000, true);
  const fills = activity.executed.filter(
    (fill) =>
      origin.kind === 'strategy' &&
      fill.strategyId === origin.strategyId &&
      fill.symbol === symbol &&
      fill.side === side &&
      now - fill.at < 600_000,
  ).length;
  if (origin.kind === 'strategy' && fills + 1 > limits.repeatedExecutionMax)
    say('RepeatedExecution', String(limits.repeatedExecutionMax), String(fills + 1));
  const twins = activity.requests
    .filter((request) => request.approved && now - request.at < 5_000)
    .filter((request) =>
      (['symbol', 'side', 'quantity', 'limitPrice', 'stopPrice'] as const).every((field) => request[field] === intent[field]),
    );
  const twin = twins.at(-1);
  if (twin !== undefined) say('DuplicateOrder', '5000', String(now - twin.at));
  if (lines.length > limits.openOrdersMax) say('OpenOrders', String(limits.openOrdersMax), String(lines.length));
  const here = lines.filter((line) => line.intent.symbol === symbol).length;
  if (here > limits.openOrdersSymbolMax) say('OpenOrders', String(limits.openOrdersSymbolMax), String(here));
  const others = openOrders.filter((open) => open.id !== intent.id);
  const capped = (order: OrderIntent): boolean => order.type === 'limit' || order.type === 'stop_limit';
  const opposite = others.find((open) => {
    if (open.remaining <= 0n || open.intent.symbol !== symbol || open.intent.side === side) return false;
    const [buy, sell] = side === 'buy' ? [intent, open.intent] : [open.intent, intent];
    return !capped(buy) || !capped(sell) || (buy.limitPrice ?? 0n) >= (sell.limitPrice ?? 0n);
  });
  if (opposite !== undefined) say('WashTrade', 'no opposite order of ours', opposite.id);
  const lost = others.filter((open) => open.unknownSince !== undefined);
  const mine = lost.filter((open) => open.intent.symbol === symbol).length;
  if (mine > 0) say('UnknownOutcome', '0', String(mine));
  if (lost.length >= 3) say('UnknownOutcome', '2', String(lost.length));
  const longest = lost.reduce((most, open) => Math.max(most, now - (open.unknownSince ?? now)), 0);
  if (longest > 30_000) say('UnknownOutcome', '30000', String(longest));
  for (const { since } of context.differences) if (now - since > 5_000) say('Reconciliation', '5000', String(now - since));
}

function live({ intent, limits, context }: Case, say: Say): void {
  const { liveGate, mode, now } = context;
  const { origin } = intent;
  if (mode !== 'live') return;
  if (origin.kind === 'strategy') {
    const promotion = liveGate.promotions.get(origin.strategyId);
    if (promotion?.version !== origin.version) say('LiveGate', 'a promoted version', origin.version);
    else if (promotion.paperDays < limits.liveGatePaperDaysMin)
      say('LiveGate', String(limits.liveGatePaperDaysMin), String(promotion.paperDays));
    return;
  }
  if (![...liveGate.traders].includes(origin.principal)) say('LiveGate', 'a role for live trading', 'none');
  else if (origin.kind !== 'ticket' || origin.confirmedAt === undefined) say('LiveGate', 'a fresh log-in', 'none');
  else if (now - origin.confirmedAt > 900_000) say('LiveGate', '900000', String(now - origin.confirmedAt));
}

function exit(of: Case, say: Say): void {
  const { intent, context, reference, limits, liquid } = of;
  const mark = context.marks.get(intent.symbol);
  const age = mark === undefined ? Number.NaN : context.now - mark.at;
  const ageMax = liquid && context.marketOpen ? limits.staleDataLiquidMsMax : limits.staleDataMsMax;
  if (reference !== undefined && age >= -1_000 && age <= ageMax) crossing(of, 100_000_000n, say);
  let count = 1;
  for (const request of context.activity.requests)
    if (!request.entry && request.symbol === intent.symbol && context.now - request.at < 1_000) count += 1;
  if (intent.origin.kind !== 'flatten' && count > 10) say('OrderRate', '10', String(count));
  optionExit(of, say);
}

function states({ intent, context }: Case, isExit: boolean, say: Say): void {
  const { tradingState: state, brakes } = context;
  if (state === 'FROZEN') return say('TradingState', 'no orders', state);
  if (isExit) return;
  const exits = 'only orders that shrink a position';
  if (state === 'REDUCING' || state === 'HALTED') say('TradingState', exits, state);
  for (const { code, scope, effect } of brakes) {
    if (effect !== 'entries-off' || code === 'Pause') continue;
    if (scope.kind === 'account') say('TradingState', exits, `${code} account`);
    else if (scope.kind === 'symbol' && scope.symbol === intent.symbol) say('TradingState', exits, `${code} symbol ${scope.symbol}`);
    else if (scope.kind === 'strategy' && intent.origin.kind === 'strategy' && scope.strategyId === intent.origin.strategyId)
      say('TradingState', exits, `${code} strategy ${scope.strategyId}`);
  }
}

/** What people have paused, looked up by the three things that can be. */
function pauses({ intent, context }: Case, say: Say): void {
  const strategy = intent.origin.kind === 'strategy' ? `strategy ${intent.origin.strategyId}` : undefined;
  const names = ['account', strategy, `symbol ${intent.symbol}`, `symbol ${judgedBy(context, intent.symbol)}`];
  for (const { code, scope } of context.brakes) {
    if (code !== 'Pause') continue;
    const name = scope.kind === 'account' ? 'account' : scope.kind === 'symbol' ? `symbol ${scope.symbol}` : `strategy ${scope.strategyId}`;
    if (names.includes(name)) say('Paused', 'only orders that shrink a position', `Pause ${name}`);
  }
}

/** Every denial of a well-formed intent, as `code limit actual`, sorted. */
export function expectedDenials(intent: OrderIntent, context: RiskContext): readonly string[] {
  const said: string[] = [];
  const say: Say = (code, limit, actual) => void said.push(`${code} ${limit} ${actual}`);
  const of = caseOf(intent, context);
  const isExit = of.own.increase.isZero();
  states(of, isExit, say);
  const position = positionOf(context, intent.symbol);
  const opposes = intent.side === 'buy' ? position.lt(ZERO) : position.gt(ZERO);
  const units = stillOf(intent, context);
  const closable = units.minus(of.own.increase);
  if (intent.reduceOnly && !isExit) say('OrderSanity', opposes ? closable.text() : '0', units.text());
  if (isExit) exit(of, say);
  else
    for (const rule of [pauses, places, prices, sizing, exposures, allocation, tails, power, optionEntry, optionEnd, greeks, flows, live])
      rule(of, say);
  return said.sort();
}
