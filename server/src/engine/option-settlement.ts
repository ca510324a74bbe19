import { newYorkDate, nextSession } from '../instruments/calendar.ts';
import { expiresAt } from '../instruments/option-contract.ts';
import { isOptionSymbol } from '../instruments/option-symbol.ts';
import { multiplierOf } from '../instruments/worth.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs, add, min, negate, subtract, sum, ZERO_QUANTITY } from '../money/money.ts';
import { sameSign } from '../positions/average-cost.ts';
import type { OptionContractView } from '../risk/options.ts';
import { contractOf } from './options.ts';
import type { EngineState, Settlement } from './state.ts';
import { change, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

type Books = Pick<EngineState, 'instruments' | 'positions' | 'settlements'>;

/** Brokers tell of positions, cash and activities of the same end at different times, the last of them in the session after it. */
const toldBy = (at: Instant): Instant => nextSession(newYorkDate(at)).closeAt;

const NOTHING = { ended: ZERO_QUANTITY, exercised: ZERO_QUANTITY, delivered: ZERO_QUANTITY } as const;

/** Shares that contracts deliver, signed as they change the position: a long call and a short put buy. */
const sharesOf = ({ symbol, right }: OptionContractView, contracts: Quantity): Quantity => {
  const shares = (contracts * multiplierOf(symbol)) as Quantity;
  return right === 'call' ? shares : negate(shares);
};

/** A contract that is held, or that activities have ended or delivered lately. */
interface Account {
  readonly contract: OptionContractView;
  readonly held: Quantity;
  readonly told: Omit<Settlement, 'contract'> | undefined;
}

function accountsOf({ instruments, positions, settlements }: Books): readonly Account[] {
  const symbols = new Set([...positions.keys().filter(isOptionSymbol), ...settlements.keys()]);
  return [...symbols].flatMap((symbol) => {
    const told = settlements.get(symbol);
    const contract = told?.contract ?? contractOf(symbol, instruments);
    const held = positions.get(symbol)?.quantity ?? ZERO_QUANTITY;
    return contract === undefined ? [] : [{ contract, held, told }];
  });
}

interface Range {
  readonly symbol: string;
  readonly least: bigint;
  readonly most: bigint;
}

const between = (symbol: string, one: bigint, other: bigint): Range =>
  one < other ? { symbol, least: one, most: other } : { symbol, least: other, most: one };

/** How far the broker's positions may be from ours by the end of a contract: part of what ended is on one side only. */
function rangesOf({ contract, held, told }: Account, now: Instant): readonly Range[] {
  const over = expiresAt(contract.expiresOn);
  const hasExpired = over <= now;
  if (!hasExpired && told === undefined) return [];
  if (now > toldBy(hasExpired ? over : (told?.at ?? over))) return [];
  const { ended, exercised, delivered } = told ?? NOTHING;
  const ending = hasExpired ? held : ZERO_QUANTITY;
  const whole = sharesOf(contract, add(ending, exercised));
  const contracts = between(contract.symbol, negate(ending), ended);
  return whole === 0n ? [contracts] : [contracts, between(contract.underlying, negate(delivered), subtract(whole, delivered))];
}

/**
 * Whether what the broker holds beyond our books is no more than ends of contracts could have done: the contracts gone or not gone yet, their shares
 * delivered or not, until the close of the session after the end.
 */
export function isWithinSettlement(state: EngineState, symbol: string, beyond: Quantity): boolean {
  let [least, most] = [0n, 0n];
  for (const range of accountsOf(state).flatMap((each) => rangesOf(each, state.now))) {
    if (range.symbol !== symbol) continue;
    least += range.least;
    most += range.most;
  }
  return least <= beyond && beyond <= most;
}

function note(turn: Turn, { contract, told }: Account, more: Partial<typeof NOTHING>): void {
  const { ended, exercised, delivered } = { ...(told ?? NOTHING), ...more };
  const settlement: Settlement = { contract, ended, exercised, delivered, at: turn.state.now };
  change(turn, { settlements: withEntry(turn.state.settlements, contract.symbol, settlement) });
}

/** Contracts were taken out of the books; call it before they are. */
export function noteEnded(turn: Turn, symbol: string, contracts: Quantity, exercised: boolean): void {
  const account = accountsOf(turn.state).find(({ contract }) => contract.symbol === symbol);
  if (account === undefined) return;
  const { told = NOTHING } = account;
  note(turn, account, {
    ended: add(told.ended, contracts),
    ...(exercised ? { exercised: add(told.exercised, contracts) } : {}),
  });
}

/** Shares that contracts still have to deliver, by being held or by having been exercised. */
function dueOf({ contract, held, told }: Account): Quantity {
  const { exercised, delivered } = told ?? NOTHING;
  const whole = sharesOf(contract, add(held, exercised));
  return abs(delivered) < abs(whole) ? subtract(whole, delivered) : ZERO_QUANTITY;
}

interface Part {
  readonly account: Account;
  /** Signed shares. */
  readonly shares: Quantity;
}

/** Shares in parts of what contracts have to deliver, as far as it goes. */
function partsOf(accounts: readonly Account[], shares: Quantity): readonly Part[] {
  const parts: Part[] = [];
  let left = abs(shares);
  for (const account of accounts) {
    const due = dueOf(account);
    if (left === 0n || due === 0n || !sameSign(due, shares)) continue;
    const part = min(left, abs(due));
    parts.push({ account, shares: shares > 0n ? part : negate(part) });
    left = subtract(left, part);
  }
  return parts;
}

function noteParts(turn: Turn, parts: readonly Part[]): void {
  for (const { account, shares } of parts) note(turn, account, { delivered: add((account.told ?? NOTHING).delivered, shares) });
}

/**
 * Shares are delivered at that price: they are counted against contracts with that strike. False, and nothing is counted, where there are not enough of them:
 * then the shares are in the books already, taken over from the broker, or are of contracts that we never had. The row of the exercise may follow.
 */
export function noteDelivered(turn: Turn, symbol: string, shares: Quantity, price: Price): boolean {
  const own = accountsOf(turn.state).filter(({ contract: { underlying, strike } }) => underlying === symbol && strike === price);
  const parts = partsOf(own, shares);
  if (sum(parts.map((part) => part.shares)) !== shares) return false;
  noteParts(turn, parts);
  return true;
}

/** A person takes over units of the broker's: a contract's end is over with it, and shares that were due have come. Told later, neither is booked again. */
export function noteAccepted(turn: Turn, symbol: string, units: Quantity): void {
  const { now } = turn.state;
  const over = accountsOf(turn.state).filter(({ contract, told }) => told !== undefined || expiresAt(contract.expiresOn) <= now);
  const own = over.filter(({ contract }) => contract.underlying === symbol);
  noteParts(turn, partsOf(own, units));
  change(turn, { settlements: withoutEntry(turn.state.settlements, symbol) });
}

/** As long as the broker is asked again for activities. */
const REMEMBERED_MS = 7 * 86_400_000;

/** What nobody can tell more of is forgotten. */
export const rememberedSettlements = ({ settlements, now }: EngineState): EngineState['settlements'] =>
  settlements.size === 0 ? settlements : new Map([...settlements].filter(([, { at }]) => now - at < REMEMBERED_MS));
