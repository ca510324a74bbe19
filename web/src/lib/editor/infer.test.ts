import { parser } from '@lezer/javascript';
import type { SyntaxNode } from '@lezer/common';
import { expect, test } from 'vitest';
import { Inference } from './infer.ts';
import type { SdkEntry, SdkMember } from './sdk-reference.ts';

const member = (name: string, type: string, isStatic = false): SdkMember => ({
  name,
  kind: 'method',
  isStatic,
  signature: `${name}(): ${type}`,
  doc: '',
  type,
});
const entry = (name: string, members: readonly SdkMember[]): SdkEntry => ({
  name,
  kind: 'class',
  signature: `class ${name}`,
  doc: '',
  members,
});
const SDK: readonly SdkEntry[] = [
  entry('Strategy', [member('bar', 'Bar'), member('position', 'f64')]),
  entry('Bar', [member('close', 'f64')]),
  entry('Sma', [member('next', 'f64')]),
  entry('Order', [member('market', 'Order', true), member('day', 'Order')]),
  { ...entry('integer', []), kind: 'function' },
  entry('Parameter', [member('int', 'i32')]),
];
const SOURCE = (body: string): string => `class A extends Strategy {
  private averages: Sma[] = [];
  private one = new Sma(3);
  private period: Parameter = integer('p', 1, 1, 2, '');
  onBar(symbol: i32): void {
    const bar = this.bar(symbol);
    const average = this.averages[symbol];
    ${body}
  }
}`;

/** The names that may follow the last point of `body`. */
function namesAfter(body: string): readonly string[] {
  const text = SOURCE(body);
  const top = parser.configure({ dialect: 'ts' }).parse(text).topNode;
  const at = text.indexOf(body) + body.length;
  let node: SyntaxNode | null = top.resolveInner(at, -1);
  while (node !== null && node.name !== 'MemberExpression') node = node.parent;
  const inference = new Inference(SDK, { text, top });
  const owner = inference.of(node?.firstChild ?? null);
  return owner === undefined ? [] : inference.members(owner).map(({ name }) => name);
}

test.each([
  ['this.', ['bar', 'position']],
  ['bar.', ['close']],
  ['this.bar(symbol).', ['close']],
  ['average.', ['next']],
  ['this.averages[symbol].', ['next']],
  ['this.one.', ['next']],
  ['this.period.', ['int']],
  ['Order.', ['market']],
  ['Order.market(symbol, 1).', ['day']],
  ['new Sma(3).', ['next']],
  ['(bar).', ['close']],
  ['nobody.', []],
  ['bar.close.', []],
])('after %s', (body, names) => expect(namesAfter(body)).toEqual(names));
