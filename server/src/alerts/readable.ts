/** A number of its own in a sentence: no part of an id, an address, a date, a hash or a number that is grouped already. */
const NUMBER = /(?<![\w.,:/#-])(\$?)(-?)(\d+)(?:\.(\d+))?( ?%)?(?![\w:/-]|[.,]\d)/gu;
/** Beside these words a whole number counts units; alone it may be a code of the broker's. */
const COUNTED_BEFORE = /\b(?:buy|sell|buys|sells|hold|held|ours|broker's|filled|fill of|execution of|order of|of|became|to)\s$/iu;
const COUNTED_AFTER = /^\s(?:of\b|units\b|shares\b|contracts\b|held\b|became\b|have\b|[A-Z][A-Z.]{0,5}(?![\w]))/u;
const DECIMALS = 2;

interface Figure {
  readonly dollar: string;
  readonly minus: string;
  readonly whole: string;
  readonly fraction: string;
  readonly percent: string;
}

const grouped = (whole: string): string => whole.replace(/\B(?=(?:\d{3})+$)/gu, ',');
const trimmed = (fraction: string): string => fraction.replace(/0+$/u, '');

/** Rounds half away from zero to two decimals, by digits. */
function rounded(whole: string, fraction: string): readonly [whole: string, fraction: string] {
  const cents = BigInt(whole + fraction.slice(0, DECIMALS).padEnd(DECIMALS, '0')) + ((fraction[DECIMALS] ?? '0') >= '5' ? 1n : 0n);
  const digits = cents.toString().padStart(DECIMALS + 1, '0');
  return [digits.slice(0, -DECIMALS), digits.slice(-DECIMALS)];
}

const written = ({ dollar, minus, percent }: Figure, whole: string, fraction: string): string =>
  `${minus === '' ? '' : '−'}${dollar}${grouped(whole)}${fraction === '' ? '' : `.${fraction}`}${percent === '' ? '' : ' %'}`;

const exactly = (figure: Figure): string => written(figure, figure.whole, trimmed(figure.fraction));

/** Money with cents, or without where there are none; percent to a hundredth; everything else to its last digit. */
function shortly(figure: Figure): string {
  const { dollar, percent, whole, fraction } = figure;
  if (dollar === '' && percent === '') return exactly(figure);
  const [units, cents] = rounded(whole, fraction);
  if (cents === '00') return written(figure, units, '');
  return written(figure, units, dollar === '' ? trimmed(cents) : cents);
}

/**
 * The text of an alert with its numbers as the product writes them: "$1,234,567.89", "6.23 %", "12,000". What differs reads differently: where
 * two figures would round to the same, or one to nothing, all digits stay. The journal keeps the text as it was written.
 */
export function readable(text: string): string {
  const figures = [...text.matchAll(NUMBER)].map(([, dollar = '', minus = '', whole = '', fraction = '', percent = '']): Figure => ({
    dollar,
    minus,
    whole,
    fraction,
    percent,
  }));
  const meanings = new Map<string, Set<string>>();
  for (const figure of figures) meanings.set(shortly(figure), (meanings.get(shortly(figure)) ?? new Set()).add(exactly(figure)));
  let index = 0;
  return text.replaceAll(NUMBER, (match, ...rest: readonly unknown[]) => {
    const figure = figures[index++];
    const offset = rest.find((each): each is number => typeof each === 'number');
    if (figure === undefined || offset === undefined) return match;
    const counts = COUNTED_BEFORE.test(text.slice(0, offset)) || COUNTED_AFTER.test(text.slice(offset + match.length));
    const isPlain = figure.dollar === '' && figure.percent === '' && figure.fraction === '' && !counts;
    if (isPlain || (figure.whole.length > 1 && figure.whole.startsWith('0'))) return match;
    const short = shortly(figure);
    const isVague = (meanings.get(short)?.size ?? 1) > 1 || (!/[1-9]/u.test(short) && /[1-9]/u.test(exactly(figure)));
    return isVague ? exactly(figure) : short;
  });
}
