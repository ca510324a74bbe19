import { format, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import type { OrderClass, OrderIntent, OrderType, TimeInForce } from './order.ts';
import { TIMES_IN_FORCE } from './order.ts';

/** Fields that do not belong together: one sentence, what would do, and what is there. */
export interface RuleProblem {
  readonly message: string;
  readonly limit: string;
  readonly actual: string;
}

type Lives = Readonly<Record<TimeInForce, boolean>>;

const ALL_LIVES: Lives = { day: true, gtc: true, ioc: true, fok: true, opg: true, cls: true };
const RESTING_LIVES: Lives = { day: true, gtc: true, ioc: false, fok: false, opg: false, cls: false };
const DAY_ONLY: Lives = { day: true, gtc: false, ioc: false, fok: false, opg: false, cls: false };
const OPTION_TYPES: ReadonlySet<OrderType> = new Set(['market', 'limit']);
const CRYPTO_LIVES: Lives = { day: false, gtc: true, ioc: true, fok: false, opg: false, cls: false };

interface TypeRule {
  readonly limit: boolean;
  readonly stop: boolean;
  readonly trail: boolean;
  readonly lives: Lives;
  /** For a fraction of a share. */
  readonly fractional: boolean;
  /** Outside of the core session. */
  readonly extended: boolean;
}

/** What each type of order has, how long it may live, and where it may trade. Without a gap: the broker refuses what is not allowed here. */
export const TYPE_RULES: Readonly<Record<OrderType, TypeRule>> = {
  market: { limit: false, stop: false, trail: false, lives: ALL_LIVES, fractional: true, extended: false },
  limit: { limit: true, stop: false, trail: false, lives: ALL_LIVES, fractional: true, extended: true },
  stop: { limit: false, stop: true, trail: false, lives: RESTING_LIVES, fractional: true, extended: false },
  stop_limit: { limit: true, stop: true, trail: false, lives: RESTING_LIVES, fractional: true, extended: false },
  trailing_stop: { limit: false, stop: false, trail: true, lives: RESTING_LIVES, fractional: false, extended: false },
};

/** `kept`: as many as it likes, and the engine keeps them once the order has filled, because the broker has no legs for it. */
type Exits = 'kept' | 'both' | 'one';

interface ClassRule {
  readonly exits: Exits;
  readonly types: Readonly<Record<OrderType, boolean>>;
  readonly lives: Lives;
  readonly fractional: boolean;
  readonly extended: boolean;
  /** It closes what is held, and opens nothing. */
  readonly exitOnly: boolean;
}

const ENTRY_TYPES = { market: true, limit: true, stop: true, stop_limit: true, trailing_stop: false } as const;
const FAMILY = { lives: RESTING_LIVES, fractional: false, extended: false } as const;

/** What each class of order is made of. */
export const CLASS_RULES: Readonly<Record<OrderClass, ClassRule>> = {
  simple: {
    exits: 'kept',
    types: { ...ENTRY_TYPES, trailing_stop: true },
    lives: ALL_LIVES,
    fractional: true,
    extended: true,
    exitOnly: false,
  },
  bracket: { ...FAMILY, exits: 'both', types: ENTRY_TYPES, exitOnly: false },
  oto: { ...FAMILY, exits: 'one', types: ENTRY_TYPES, exitOnly: false },
  oco: {
    ...FAMILY,
    exits: 'both',
    types: { market: false, limit: true, stop: false, stop_limit: false, trailing_stop: false },
    exitOnly: true,
  },
};

/** Closest that a stop may lie to the price that it belongs to. */
const STOP_DISTANCE_MIN = UNITS_PER_ONE / 100n;

export const classOf = (intent: Pick<OrderIntent, 'orderClass'>): OrderClass => intent.orderClass ?? 'simple';

/** Whether it hangs together with others at the broker: an exit that came with an order, or an order that has exits there. */
export const isOfFamily = (intent: Pick<OrderIntent, 'orderClass' | 'leg'>): boolean =>
  intent.leg !== undefined || classOf(intent) !== 'simple';

export const isFractional = (quantity: Quantity): boolean => quantity % UNITS_PER_ONE !== 0n;

const listOf = (lives: Lives): string => TIMES_IN_FORCE.filter((life) => lives[life]).join(', ');
const lifeAllowed = (lives: Lives, life: string): boolean => Object.hasOwn(lives, life) && lives[life as TimeInForce];
const shown = (value: Price | bigint | undefined): string => (value === undefined ? 'none' : format(value as Price));

/** Which prices a type needs, and which it does not take. */
function priceProblems(intent: OrderIntent): readonly RuleProblem[] {
  const rule = TYPE_RULES[intent.type];
  const problems: RuleProblem[] = [];
  const needs = (name: string, wanted: boolean, value: bigint | undefined): void => {
    if (wanted === (value !== undefined)) return;
    const message = `A ${intent.type} order ${wanted ? 'needs' : 'has no'} ${name}.`;
    problems.push({ message, limit: wanted ? name : `no ${name}`, actual: shown(value) });
  };
  needs('limit price', rule.limit, intent.limitPrice);
  needs('stop price', rule.stop, intent.stopPrice);
  if (intent.trail !== undefined && intent.trailRatio !== undefined) {
    problems.push({ message: 'A trailing stop has one distance: in money or as a fraction.', limit: 'one distance', actual: 'two' });
  } else needs('trailing distance', rule.trail, intent.trail ?? intent.trailRatio);
  if (intent.trailRatio !== undefined && intent.trailRatio >= UNITS_PER_ONE)
    problems.push({ message: 'A trailing distance is a fraction below 1.', limit: 'below 1', actual: shown(intent.trailRatio) });
  return problems;
}

/** How long it may live: by its type, its class, what it is an order for, and whether for a part of a share. */
function lifeProblems(intent: OrderIntent, assetClass: string | undefined): readonly RuleProblem[] {
  const { type, timeInForce } = intent;
  const orderClass = classOf(intent);
  const not = (what: string, lives: Lives): readonly RuleProblem[] =>
    lifeAllowed(lives, timeInForce) ? [] : [{ message: what, limit: listOf(lives), actual: timeInForce }];
  const fraction = assetClass !== 'crypto' && assetClass !== 'us_option' && isFractional(intent.quantity);
  return [
    ...not(`A ${type} order cannot be ${timeInForce}.`, TYPE_RULES[type].lives),
    ...(orderClass === 'simple' ? [] : not(`A ${orderClass} order cannot be ${timeInForce}.`, CLASS_RULES[orderClass].lives)),
    ...(assetClass === 'crypto' ? not('A crypto order is gtc or ioc.', CRYPTO_LIVES) : []),
    ...(assetClass === 'us_option' ? not('An option order is day.', DAY_ONLY) : []),
    ...(fraction ? not('An order for a fraction of a share is day.', DAY_ONLY) : []),
  ];
}

function fractionProblems(intent: OrderIntent, assetClass: string | undefined): readonly RuleProblem[] {
  if (assetClass === 'crypto' || !isFractional(intent.quantity)) return [];
  const orderClass = classOf(intent);
  const problems: RuleProblem[] = [];
  const whole = { limit: 'whole shares', actual: format(intent.quantity) };
  if (!TYPE_RULES[intent.type].fractional) problems.push({ message: `A ${intent.type} order is for whole shares.`, ...whole });
  if (!CLASS_RULES[orderClass].fractional) problems.push({ message: `A ${orderClass} order is for whole shares.`, ...whole });
  return problems;
}

function extendedProblems(intent: OrderIntent): readonly RuleProblem[] {
  if (intent.extendedHours !== true) return [];
  const orderClass = classOf(intent);
  const problems: RuleProblem[] = [];
  if (!TYPE_RULES[intent.type].extended)
    problems.push({ message: 'Outside of the core session only limit orders trade.', limit: 'limit', actual: intent.type });
  if (!CLASS_RULES[orderClass].extended)
    problems.push({ message: `A ${orderClass} order does not trade outside of the core session.`, limit: 'simple', actual: orderClass });
  if (!lifeAllowed(RESTING_LIVES, intent.timeInForce))
    problems.push({
      message: `An order for extended hours cannot be ${intent.timeInForce}.`,
      limit: listOf(RESTING_LIVES),
      actual: intent.timeInForce,
    });
  return problems;
}

const WANTED_EXITS = { one: 1, both: 2 } as const;

/** The parts of a class: which exits it has, and what may be its entry. */
function classProblems(intent: OrderIntent): readonly RuleProblem[] {
  const orderClass = classOf(intent);
  const rule = CLASS_RULES[orderClass];
  const problems: RuleProblem[] = [];
  if (!rule.types[intent.type])
    problems.push({ message: `A ${orderClass} order cannot be ${intent.type}.`, limit: typesOf(rule), actual: intent.type });
  const isOco = orderClass === 'oco';
  // The take profit of an OCO is the order itself.
  const count = (isOco || intent.takeProfit !== undefined ? 1 : 0) + (intent.stopLoss === undefined ? 0 : 1);
  if (rule.exits === 'kept') {
    if (count > 0 && intent.reduceOnly)
      problems.push({ message: 'An order that only reduces has no exits of its own.', limit: 'no exits', actual: `${count} of them` });
  } else if (count !== WANTED_EXITS[rule.exits] || (isOco && intent.takeProfit !== undefined)) {
    const words = rule.exits === 'one' ? 'a take profit or a stop loss' : 'a take profit and a stop loss';
    const message = isOco ? 'An oco order is its own take profit, and has a stop loss.' : `A ${orderClass} order has ${words}.`;
    problems.push({ message, limit: words, actual: `${count} of them` });
  }
  return [...problems, ...exitPriceProblems(intent)];
}

const typesOf = (rule: ClassRule): string =>
  Object.entries(rule.types)
    .flatMap(([type, fits]) => (fits ? [type] : []))
    .join(', ');

/** The take profit lies beyond the entry, the stop loss on the losing side of both, a cent away at least. */
function exitPriceProblems(intent: OrderIntent): readonly RuleProblem[] {
  const { stopLoss, takeProfit, side, limitPrice, stopPrice } = intent;
  const isOco = classOf(intent) === 'oco';
  // The exits of a bought position are sold, so that an OCO that sells is judged as the exits of a buy are.
  const long = isOco ? side === 'sell' : side === 'buy';
  const base = limitPrice ?? stopPrice;
  const profit = isOco ? limitPrice : takeProfit?.limitPrice;
  const beyond = (from: Price, to: Price): boolean => (long ? to > from : to < from);
  const problems: RuleProblem[] = [];
  if (!isOco && profit !== undefined && base !== undefined && !beyond(base, profit))
    problems.push({
      message: 'The take profit lies on the losing side of the entry.',
      limit: `beyond ${format(base)}`,
      actual: format(profit),
    });
  const above = isOco ? profit : base;
  for (const price of [above, profit]) {
    if (stopLoss === undefined || price === undefined) continue;
    const least = (long ? price - STOP_DISTANCE_MIN : price + STOP_DISTANCE_MIN) as Price;
    if (long ? stopLoss.stopPrice <= least : stopLoss.stopPrice >= least) continue;
    const where = long ? 'at most' : 'at least';
    return [
      ...problems,
      { message: 'The stop loss is not on the losing side.', limit: `${where} ${format(least)}`, actual: format(stopLoss.stopPrice) },
    ];
  }
  return problems;
}

/** Options trade whole, alone, and in the core session: the engine cannot hold exits of them at the broker, and keeps none. */
function optionProblems(intent: OrderIntent): readonly RuleProblem[] {
  const { type, quantity } = intent;
  const orderClass = classOf(intent);
  const exits = intent.protectiveStop !== undefined || intent.stopLoss !== undefined || intent.takeProfit !== undefined;
  const problems: RuleProblem[] = [];
  if (!OPTION_TYPES.has(type))
    problems.push({ message: `An option order cannot be ${type}.`, limit: [...OPTION_TYPES].join(', '), actual: type });
  if (isFractional(quantity))
    problems.push({ message: 'Options trade in whole contracts.', limit: 'whole contracts', actual: format(quantity) });
  if (orderClass !== 'simple') problems.push({ message: `An option order cannot be ${orderClass}.`, limit: 'simple', actual: orderClass });
  if (exits) problems.push({ message: 'An option order has no exits of its own.', limit: 'no exits', actual: 'a stop or a take profit' });
  if (intent.extendedHours === true)
    problems.push({ message: 'Options do not trade outside of the core session.', limit: 'regular hours', actual: 'extended hours' });
  return problems;
}

/** Everything that does not belong together in an order, of all kinds at once. `assetClass` where the instrument is known. */
export const orderRuleProblems = (intent: OrderIntent, assetClass: string | undefined): readonly RuleProblem[] => [
  ...priceProblems(intent),
  ...lifeProblems(intent, assetClass),
  ...(assetClass === 'us_option' ? optionProblems(intent) : fractionProblems(intent, assetClass)),
  ...extendedProblems(intent),
  ...classProblems(intent),
];
