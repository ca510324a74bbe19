import type { Money, Price } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';

/** What takes effect before the open of its ex-date. */
export type CorporateAction =
  | {
      readonly kind: 'split';
      readonly id: string;
      readonly symbol: string;
      /** New shares for old ones: 4 for 1, or 1 for 10. */
      readonly newRate: bigint;
      readonly oldRate: bigint;
      readonly exDate: string;
      /** When it was carried out; `undefined` while it lies ahead. */
      readonly doneAt?: Instant | undefined;
    }
  | {
      readonly kind: 'cash-dividend';
      readonly id: string;
      readonly symbol: string;
      /** Dollars a share. */
      readonly rate: Price;
      readonly exDate: string;
      readonly doneAt?: Instant | undefined;
      /** What all accounts together got. */
      readonly paid?: Money | undefined;
    }
  | Conversion;

/** Units of a symbol become units of another, or money, or bring units of another with them. */
export type Conversion = {
  readonly id: string;
  readonly symbol: string;
  readonly exDate: string;
  readonly doneAt?: Instant | undefined;
} & (
  | {
      readonly kind: 'merger';
      /** What holders get: so many new shares of the acquirer for so many old ones, dollars a share, or both. */
      readonly shares?: { readonly newSymbol: string; readonly newRate: bigint; readonly oldRate: bigint } | undefined;
      readonly cash?: Price | undefined;
    }
  | { readonly kind: 'spin-off'; readonly newSymbol: string; readonly newRate: bigint; readonly oldRate: bigint }
  | { readonly kind: 'name-change'; readonly newSymbol: string }
);
