import type { Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { ExchangeCore } from './core/core.ts';
import type { Conversion } from './core/corporate-actions.ts';
import { derivedId } from './core/identity.ts';
import type { Correction, SecondThought } from './core/second-thoughts.ts';
import type { AccountSettings, AssetChange } from './core/state.ts';

type Announced<K extends Conversion['kind']> = Omit<Extract<Conversion, { kind: K }>, 'id' | 'doneAt'>;

/** What happens to the market from outside: by the exchange's staff, the issuers, or whoever steers a test. */
export type MarketEvent =
  | { readonly kind: 'halt'; readonly symbol: string; readonly code: string; readonly reason: string }
  | { readonly kind: 'resume'; readonly symbol: string }
  | { readonly kind: 'asset'; readonly symbol: string; readonly change: AssetChange }
  | { readonly kind: 'split'; readonly symbol: string; readonly newRate: bigint; readonly oldRate: bigint; readonly exDate: string }
  | { readonly kind: 'dividend'; readonly symbol: string; readonly rate: Price; readonly exDate: string }
  | Announced<'merger'>
  | Announced<'spin-off'>
  | Announced<'name-change'>
  /** From now on requests take until the next price to arrive, or no longer do. */
  | { readonly kind: 'delay'; readonly delayed: boolean };

/** What happens to one account from outside. */
export type AccountEvent =
  | { readonly kind: 'settings'; readonly change: Partial<AccountSettings> }
  | { readonly kind: 'bust'; readonly executionId: string }
  | { readonly kind: 'correct'; readonly executionId: string; readonly correction: Correction }
  | { readonly kind: 'late-fill'; readonly orderId: string; readonly quantity: Quantity; readonly price: Price };

export function applyMarketEvent(core: ExchangeCore, event: MarketEvent, at: Instant): void {
  const id = (): string => derivedId(core.options.venueId, 'corporate-action', core.state.corporateActions.length);
  switch (event.kind) {
    case 'halt':
      return core.halt(event.symbol, event.code, event.reason, at);
    case 'resume':
      return core.resume(event.symbol);
    case 'asset':
      return core.changeAsset(event.symbol, event.change);
    case 'split':
      return core.announce({ ...event, id: id() });
    case 'dividend':
      return core.announce({ ...event, kind: 'cash-dividend', id: id() });
    case 'merger':
    case 'spin-off':
    case 'name-change':
      return core.announce({ ...event, id: id() });
    case 'delay':
      core.state.delayed = event.delayed;
  }
}

/** `undefined` where nothing can go wrong. */
export function applyAccountEvent(core: ExchangeCore, accountId: string, event: AccountEvent, at: Instant): SecondThought | undefined {
  switch (event.kind) {
    case 'settings':
      core.changeSettings(accountId, event.change);
      return undefined;
    case 'bust':
      return core.bust(accountId, event.executionId, at);
    case 'correct':
      return core.correct(accountId, event.executionId, event.correction, at);
    case 'late-fill':
      return core.fillLate(accountId, event.orderId, event.quantity, event.price, at);
  }
}
