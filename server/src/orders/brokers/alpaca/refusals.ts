/** What the broker means by a refusal of an order. One code covers many meanings, so that status, code, words and extra fields decide together. */
export const REFUSALS = [
  'BuyingPower',
  'QuantityHeld',
  'WashTrade',
  'UncoveredOption',
  'NotShortable',
  'AccountRestricted',
  'SuspendedByUser',
  'SubPenny',
  'NotFractionable',
  'AssetNotTradable',
  'TimeInForce',
  'OrderClass',
  'ExtendedHours',
  'PriceTooFar',
  'ClosedOrFinal',
  'InvalidInput',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** The body of an error: the documented envelope, and whatever else it carries. */
export interface ErrorBody {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly extra: Readonly<Record<string, unknown>>;
}

interface Sign {
  readonly refusal: Refusal;
  readonly status: 403 | 422;
  readonly code: number;
  readonly words?: RegExp;
  /** Fields that say it whatever the words. */
  readonly keys?: readonly string[];
}

const FORBIDDEN = 40310000;
const UNPROCESSABLE = 42210000;
const INVALID = 40010001;

/** First match counts. */
const SIGNS: readonly Sign[] = [
  { refusal: 'WashTrade', status: 403, code: FORBIDDEN, words: /wash trade/i, keys: ['existing_order_id'] },
  { refusal: 'QuantityHeld', status: 403, code: FORBIDDEN, words: /insufficient qty|qty available/i, keys: ['held_for_orders'] },
  {
    refusal: 'BuyingPower',
    status: 403,
    code: FORBIDDEN,
    words: /buying power|insufficient (?:balance|funds)|cost basis/i,
    keys: ['cost_basis'],
  },
  { refusal: 'UncoveredOption', status: 403, code: FORBIDDEN, words: /uncovered|option contracts|options? (?:trading|level)/i },
  { refusal: 'NotShortable', status: 403, code: FORBIDDEN, words: /short/i },
  {
    refusal: 'SuspendedByUser',
    status: 403,
    code: FORBIDDEN,
    words: /new orders (?:are )?rejected by user|rejected by user request|suspend/i,
  },
  {
    refusal: 'AccountRestricted',
    status: 403,
    code: FORBIDDEN,
    words: /account|restricted|not (?:authorized|permitted|allowed|eligible)/i,
  },
  { refusal: 'SubPenny', status: 422, code: UNPROCESSABLE, words: /sub-penny|minimum pricing|price increment/i },
  { refusal: 'NotFractionable', status: 422, code: UNPROCESSABLE, words: /fraction|notional/i },
  { refusal: 'NotShortable', status: 422, code: UNPROCESSABLE, words: /short/i },
  { refusal: 'AssetNotTradable', status: 422, code: UNPROCESSABLE, words: /asset|not (?:found|tradable|active)|halt/i },
  { refusal: 'ExtendedHours', status: 422, code: UNPROCESSABLE, words: /extended[ _]hours/i },
  { refusal: 'TimeInForce', status: 422, code: UNPROCESSABLE, words: /time[ _]in[ _]force|market hours|\b(?:opg|cls|ioc|fok|gtc)\b/i },
  { refusal: 'OrderClass', status: 422, code: UNPROCESSABLE, words: /order_class|bracket|\boco\b|\boto\b|take_profit|stop_loss|complex/i },
  { refusal: 'PriceTooFar', status: 422, code: UNPROCESSABLE, words: /too far|base_price|stop price must|limit price must/i },
  {
    refusal: 'ClosedOrFinal',
    status: 422,
    code: UNPROCESSABLE,
    words: /not cancelable|not cancellable|not replaceable|already (?:in|filled|canceled)|pending/i,
  },
  {
    refusal: 'InvalidInput',
    status: 422,
    code: UNPROCESSABLE,
    words: /invalid|required|must|cannot|exclusive|missing|greater than|less than/i,
  },
  { refusal: 'InvalidInput', status: 422, code: INVALID, words: /invalid|required|must|cannot|exclusive|missing|request body/i },
];

const DUPLICATE = /client_order_id must be unique/i;

/** The id is in use: by this very order, whose answer was lost, or by another one. No refusal of the order. */
export const isDuplicateId = ({ status, message }: ErrorBody): boolean => (status === 422 || status === 409) && DUPLICATE.test(message);

/** What the refusal means; `undefined` where the broker does not say no in words that we know: the outcome is then open. */
export function refusalOf(body: ErrorBody): Refusal | undefined {
  if (isDuplicateId(body)) return undefined;
  const isMeant = ({ status, code, words, keys }: Sign): boolean =>
    status === body.status &&
    code === body.code &&
    (words?.test(body.message) === true || keys?.some((key) => Object.hasOwn(body.extra, key)) === true);
  return SIGNS.find(isMeant)?.refusal;
}

/** Extra fields of a refusal that say what to do about it. */
const TELLING = [
  'available',
  'existing_qty',
  'held_for_orders',
  'related_orders',
  'existing_order_id',
  'reject_reason',
  'buying_power',
  'cost_basis',
  'base_price',
] as const;

/** The broker's words, with the figures that it gave beside them. */
export function refusalText({ message, extra }: ErrorBody): string {
  const told = TELLING.filter((key) => extra[key] !== undefined && extra[key] !== null).map((key) => {
    const value = extra[key];
    return `${key} ${typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)}`;
  });
  return told.length === 0 ? message : `${message} (${told.join(', ')})`;
}
