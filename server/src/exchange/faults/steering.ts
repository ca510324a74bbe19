import { price, quantity } from '../../money/fixed.ts';
import type { Conversion } from '../core/corporate-actions.ts';
import type { AccountSettings, AssetChange } from '../core/state.ts';
import type { AccountEvent, MarketEvent } from '../market-events.ts';
import { isRecord, textIn } from '../streams/socket.ts';
import { FaultSpecError } from './catalogue.ts';

type Body = Readonly<Record<string, unknown>>;

const FLAGS = {
  status: 'string',
  accountBlocked: 'boolean',
  tradingBlocked: 'boolean',
  transfersBlocked: 'boolean',
  closingOnly: 'boolean',
  suspendTrade: 'boolean',
  noShorting: 'boolean',
} as const satisfies Partial<Record<keyof AccountSettings, 'string' | 'boolean'>>;
const ASSET_FLAGS = {
  tradable: 'boolean',
  active: 'boolean',
  overnightTradable: 'boolean',
  overnightHalted: 'boolean',
  fractionalExtended: 'boolean',
  ipo: 'boolean',
} as const satisfies Partial<Record<keyof AssetChange, 'boolean'>>;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

function need(body: Body, name: string): string {
  const text = textIn(body, name);
  if (text === '') throw new FaultSpecError(`${name} is required, as text`);
  return text;
}

function dateIn(body: Body, name: string): string {
  const text = need(body, name);
  if (!DATE.test(text)) throw new FaultSpecError(`${name} must be a date, YYYY-MM-DD`);
  return text;
}

/** The members of a change that are known and of the right type; anything else is refused. */
function changeIn(body: Body, known: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const change = body['change'];
  if (!isRecord(change)) throw new FaultSpecError('change is required, as an object');
  for (const [name, value] of Object.entries(change)) {
    if (known[name] === undefined) throw new FaultSpecError(`${name.slice(0, 40)} is not one of ${Object.keys(known).join(', ')}`);
    if (typeof value !== known[name]) throw new FaultSpecError(`${name} must be a ${known[name]}`);
  }
  return change;
}

function rateIn(body: Body, name: string): bigint {
  const value = body[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw new FaultSpecError(`${name} must be a whole number`);
  return BigInt(value);
}

function assetChange(body: Body): AssetChange {
  const { borrow, ...rest } = isRecord(body['change']) ? body['change'] : {};
  const flags = changeIn({ change: rest }, ASSET_FLAGS);
  if (borrow === undefined) return flags;
  if (borrow !== 'easy_to_borrow' && borrow !== 'hard_to_borrow')
    throw new FaultSpecError('borrow must be easy_to_borrow or hard_to_borrow');
  return { ...flags, borrow };
}

function otherIn(body: Body, symbol: string, isListed: (symbol: string) => boolean): string {
  const newSymbol = need(body, 'newSymbol');
  if (newSymbol === symbol || !isListed(newSymbol)) throw new FaultSpecError(`newSymbol must be another symbol that is listed here`);
  return newSymbol;
}

function conversionIn(body: Body, kind: Conversion['kind'], symbol: string, isListed: (symbol: string) => boolean): MarketEvent {
  const exDate = dateIn(body, 'exDate');
  if (kind === 'name-change') return { kind, symbol, exDate, newSymbol: otherIn(body, symbol, isListed) };
  const shares = (): { newSymbol: string; newRate: bigint; oldRate: bigint } => ({
    newSymbol: otherIn(body, symbol, isListed),
    newRate: rateIn(body, 'newRate'),
    oldRate: rateIn(body, 'oldRate'),
  });
  if (kind === 'spin-off') return { kind, symbol, exDate, ...shares() };
  const cash = textIn(body, 'cash');
  if (cash === '' && body['newSymbol'] === undefined)
    throw new FaultSpecError('a merger needs newSymbol with newRate and oldRate, or cash, or both');
  return {
    kind,
    symbol,
    exDate,
    ...(body['newSymbol'] === undefined ? {} : { shares: shares() }),
    ...(cash === '' ? {} : { cash: price(cash) }),
  };
}

/** The body of `POST /sim/market`. Throws {@link FaultSpecError}. */
export function parseMarketEvent(body: unknown, isListed: (symbol: string) => boolean): MarketEvent {
  if (!isRecord(body)) throw new FaultSpecError('the body must be an object with a kind');
  const kind = textIn(body, 'kind');
  if (kind === 'delay') return { kind, delayed: body['delayed'] === true };
  const symbol = need(body, 'symbol');
  if (!isListed(symbol)) throw new FaultSpecError(`${symbol.slice(0, 40)} is not listed here`);
  switch (kind) {
    case 'halt':
      return { kind, symbol, code: textIn(body, 'code') || 'H', reason: textIn(body, 'reason') || 'T1' };
    case 'resume':
      return { kind, symbol };
    case 'asset':
      return { kind, symbol, change: assetChange(body) };
    case 'split':
      return { kind, symbol, newRate: rateIn(body, 'newRate'), oldRate: rateIn(body, 'oldRate'), exDate: dateIn(body, 'exDate') };
    case 'dividend':
      return { kind, symbol, rate: price(need(body, 'rate')), exDate: dateIn(body, 'exDate') };
    case 'merger':
    case 'spin-off':
    case 'name-change':
      return conversionIn(body, kind, symbol, isListed);
    default:
      throw new FaultSpecError('kind must be halt, resume, asset, split, dividend, merger, spin-off, name-change or delay');
  }
}

/** The body of `POST /sim/account`. Throws {@link FaultSpecError}. */
export function parseAccountEvent(body: Body): AccountEvent {
  const kind = textIn(body, 'kind');
  switch (kind) {
    case 'settings':
      return { kind, change: changeIn(body, FLAGS) };
    case 'bust':
      return { kind, executionId: need(body, 'executionId') };
    case 'correct': {
      const [at, size] = [textIn(body, 'price'), textIn(body, 'quantity')];
      return {
        kind,
        executionId: need(body, 'executionId'),
        correction: { ...(at === '' ? {} : { price: price(at) }), ...(size === '' ? {} : { quantity: quantity(size) }) },
      };
    }
    case 'late-fill':
      return { kind, orderId: need(body, 'orderId'), quantity: quantity(need(body, 'quantity')), price: price(need(body, 'price')) };
    default:
      throw new FaultSpecError('kind must be settings, bust, correct, late-fill, order or cancel');
  }
}
