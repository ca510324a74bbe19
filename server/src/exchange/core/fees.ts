import { divide, money, price, quantity, ratio } from '../../money/fixed.ts';
import type { Money, Price, Quantity } from '../../money/fixed.ts';
import { add, min, notional, scale } from '../../money/money.ts';
import type { Side } from '../../orders/order.ts';

/** Securities Exchange Act, section 31: 20.60 dollars a million of what is sold, from 4 April 2026. */
const SECTION_31 = ratio('0.0000206');
/** FINRA's trading activity fee: dollars a share sold, with a cap a trade. */
const TRADING_ACTIVITY = price('0.000195');
const TRADING_ACTIVITY_MAX = money('9.79');
/** Consolidated audit trail: dollars a share, on both sides. */
const AUDIT_TRAIL = price('0.000003');
const CENT = price('0.01');

/** What regulators take on one fill of US shares, unrounded. The rates are those of 2026, whatever date the venue plays. */
export function regulatoryFees(side: Side, size: Quantity, at: Price): Money {
  const audit = notional(size, AUDIT_TRAIL);
  if (side === 'buy') return audit;
  const activity = min(notional(size, TRADING_ACTIVITY), TRADING_ACTIVITY_MAX);
  return add(audit, add(activity, scale(notional(size, at), SECTION_31)));
}

/** A day's fees as they are charged: up to the next cent. */
export const roundedUp = (amount: Money): Money => notional(quantity(divide(amount, CENT, 'ceil').toString()), CENT);
