import { newYorkDate, sessionOn } from '../instruments/calendar.ts';
import { format } from '../money/fixed.ts';
import { countedOf, dollars, isOption, maybe, positionOf, symbolsOf, total, UNKNOWN } from './oracle-case.ts';
import type { Case, Maybe, Say } from './oracle-case.ts';
import type { OracleHolding } from './oracle-tail.ts';
import { F, ONE, ZERO } from './rational.ts';
import type { R } from './rational.ts';

function delta(of: Case, with_: boolean): Maybe {
  const { context, lines, own } = of;
  return total(of, (symbol) => {
    let units = positionOf(context, symbol);
    for (const line of lines) {
      if (line.intent.symbol !== symbol || (line === own && !with_)) continue;
      units = line.intent.side === 'buy' ? units.plus(line.increase) : units.minus(line.increase);
    }
    if (units.isZero()) return ZERO;
    const contract = context.options?.contracts.get(symbol);
    const each = contract === undefined ? (isOption(symbol) ? undefined : ONE) : maybe(context.options?.deltas.get(symbol));
    const follows = contract?.underlying ?? symbol;
    const at = countedOf(context, follows);
    if (each === undefined || at === undefined) return undefined;
    const beta = maybe(context.profiles.get(follows)?.beta) ?? ONE;
    return dollars(symbol, units).times(each).times(beta).times(at);
  });
}

export function greeks(of: Case, say: Say): void {
  const { limits, equity } = of;
  if (!symbolsOf(of).some(isOption)) return;
  const text = format(limits.greeksDeltaRatioMax);
  const [before, after] = [delta(of, false), delta(of, true)];
  if (after === undefined || equity === undefined) return say('Greeks', text, UNKNOWN);
  if (before !== undefined && before.abs().gte(after.abs())) return;
  if (after.abs().gt(F(limits.greeksDeltaRatioMax).times(equity))) say('Greeks', text, after.abs().over(equity).text());
}

/**
 * What a move of the underlying, in millionths, makes of so many units, in units of 1e-12 of equity: of long ones what the tangent of today says and a day takes, but no more than
 * they are worth; of short ones the whole of every move against them.
 */
export function optionAfter({ context, equity }: Case, symbol: string, units: R, worth: R): OracleHolding['option'] {
  const contract = [...(context.options?.contracts.values() ?? [])].find((each) => each.symbol === symbol);
  const figures = context.marks.get(symbol)?.option;
  if (contract === undefined || figures === undefined || equity === undefined || units.isZero()) return undefined;
  const spot = countedOf(context, contract.underlying);
  const old = (context.now - figures.at) / 1_000;
  const likely =
    contract.right === 'call'
      ? figures.delta >= 0n && figures.delta <= 1_000_000_000n
      : figures.delta <= 0n && figures.delta >= -1_000_000_000n;
  if (old > 60 || old < -1 || spot === undefined || !likely) return undefined;
  const rounded = (each: R): bigint => dollars(symbol, units).times(each).over(equity).up(1_000_000n);
  const follows = contract.underlying;
  if (units.gt(ZERO)) {
    const [all, along, lost] = [
      worth.up(1_000_000n),
      rounded(spot.times(F(figures.delta))),
      figures.theta < 0n ? rounded(F(figures.theta)) : 0n,
    ];
    return {
      follows,
      after: (moved) => {
        const result = along * moved + lost * 1_000_000n;
        return result + all * 1_000_000n < 0n ? -all * 1_000_000n : result;
      },
    };
  }
  const whole = rounded(spot);
  return { follows, after: (moved) => (moved > 0n === (contract.right === 'call') ? (moved > 0n ? whole * moved : -whole * moved) : 0n) };
}

/** Long units that no open order would sell. */
function sureUnits({ context, lines }: Case, symbol: string): R {
  let units = positionOf(context, symbol);
  if (!units.gt(ZERO)) return ZERO;
  for (const line of lines) if (line.intent.symbol === symbol && line.intent.side === 'sell') units = units.minus(line.units);
  return units.gt(ZERO) ? units : ZERO;
}

function shortUnits({ context, lines }: Case, symbol: string): R {
  const position = positionOf(context, symbol);
  let net = ZERO;
  for (const line of lines) {
    if (line.intent.symbol === symbol) net = line.intent.side === 'buy' ? net.minus(line.increase) : net.plus(line.increase);
  }
  return (position.lt(ZERO) ? position.abs() : ZERO).plus(net.gt(ZERO) ? net : ZERO);
}

/** Short contracts of one kind, and how many of them are bounded. Whole units of the smallest step cover. */
function bounds(of: Case, symbol: string, opens: boolean): { readonly short: R; readonly cover: R } {
  const contracts = [...(of.context.options?.contracts.values() ?? [])];
  const contract = contracts.find((each) => each.symbol === symbol);
  if (contract === undefined) return { short: ZERO, cover: ZERO };
  let [short, cover] = [ZERO, ZERO];
  for (const other of contracts.filter((each) => each.underlying === contract.underlying && each.right === contract.right)) {
    short = short.plus(shortUnits(of, other.symbol));
    if (!opens && other.expiresOn >= contract.expiresOn) cover = cover.plus(sureUnits(of, other.symbol));
  }
  if (contract.right === 'call') cover = cover.plus(F(sureUnits(of, contract.underlying).over(dollars(contract.symbol, ONE)).down()));
  return { short, cover };
}

const dayAfter = (date: string, days: number): string => new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

/** Day by day: the last session of a contract, and the session that an order of now trades in. */
export function optionEnd({ intent, context }: Case, say: Say): void {
  const contract = context.options?.contracts.get(intent.symbol);
  if (contract === undefined) return;
  let last = contract.expiresOn;
  while (sessionOn(last) === undefined) last = dayAfter(last, -1);
  let trades = newYorkDate(context.now);
  while (!context.marketOpen && !((sessionOn(trades)?.openAt ?? 0) > context.now)) trades = dayAfter(trades, 1);
  if (trades >= last) say('OptionExpiry', `before ${last}`, trades);
}

export function optionEntry(of: Case, say: Say): void {
  const { intent, context } = of;
  if (!isOption(intent.symbol)) return;
  const contract = context.options?.contracts.get(intent.symbol);
  const today = newYorkDate(context.now);
  if (contract === undefined) return say('OptionStrategy', 'a known contract', UNKNOWN);
  if (contract.expiresOn <= today) return say('OptionStrategy', `after ${today}`, contract.expiresOn);
  const { short, cover } = bounds(of, intent.symbol, true);
  if (intent.side === 'sell' && short.gt(cover)) say('OptionStrategy', cover.text(), short.text());
}

export function optionExit(of: Case, say: Say): void {
  const { intent, context } = of;
  if (intent.origin.kind === 'flatten' || intent.side === 'buy') return;
  const contracts = [...(context.options?.contracts.values() ?? [])];
  const own = contracts.find((each) => each.symbol === intent.symbol);
  for (const contract of contracts) {
    const bound =
      own === undefined
        ? contract.underlying === intent.symbol && contract.right === 'call'
        : contract.underlying === own.underlying && contract.right === own.right;
    if (!bound || shortUnits(of, contract.symbol).isZero()) continue;
    const { short, cover } = bounds(of, contract.symbol, false);
    if (short.gt(cover)) return say('OptionStrategy', cover.text(), short.text());
  }
}
