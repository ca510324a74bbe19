const PLAIN = /^([+-]?)(\d+)(?:\.(\d+))?$/;

function shifted(text: string, by: number): string | undefined {
  const match = PLAIN.exec(text.trim());
  if (!match) return undefined;
  const [, sign = '', whole = '', part = ''] = match;
  const digits = `${'0'.repeat(2)}${whole}${part}${'0'.repeat(2)}`;
  const point = 2 + whole.length + by;
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, '');
  const right = digits.slice(point).replace(/0+$/, '');
  return `${sign === '-' ? '-' : ''}${left}${right === '' ? '' : `.${right}`}`;
}

/** A fraction's decimal text as percent text, exactly: "0.025" is "2.5". Text that is no decimal stays as it is. */
export function toPercent(fraction: string): string {
  return shifted(fraction, 2) ?? fraction;
}

/** Percent text as a fraction's decimal text, exactly: "2.5" is "0.025"; `undefined` for what is no decimal. */
export function fromPercent(percent: string): string | undefined {
  return shifted(percent, -2);
}
