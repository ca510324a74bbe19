/** A document that asks for too much, or hides that it does. */
export interface DocumentAttack {
  readonly name: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const times = <T>(count: number, make: (index: number) => T): readonly T[] => Array.from({ length: count }, (_, index) => make(index));
const deep = (levels: number): string => `{ ${'a { '.repeat(levels - 1)}b${' }'.repeat(levels - 1)} }`;
/** A field within a field, as deep as the schema really goes in circles. */
const circles = (levels: number): string =>
  `{ orders(first: 1) { edges { node { ${'replacedBy { '.repeat(levels)}id${' }'.repeat(levels)} } } } }`;
const introspection = (levels: number): string =>
  `{ __schema { types { ${'fields { type { '.repeat(levels)}name${' } }'.repeat(levels)} } } }`;
const ofTypes = (levels: number): string => `{ __type(name: "Order") { ${'ofType { '.repeat(levels)}name${' }'.repeat(levels)} } }`;
const PAGES =
  'orders(first: 500) { edges { node { fills { id executionId symbol price quantity } life { name at seq detail } denials { code message limit } } } }';

/** Each fragment spreads the next one twice: 2³⁰ fields in a page of text. */
const amplified = (leaf: string): string =>
  [...times(30, (index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`), `fragment f30 on Query { ${leaf} }`].join(
    '\n',
  );
const first = (value: unknown): Pick<DocumentAttack, 'query' | 'variables'> => ({
  query: 'query ($first: Int) { orders(first: $first) { edges { node { id fills { id } } } } }',
  variables: { first: value },
});

export const DOCUMENT_ATTACKS: readonly DocumentAttack[] = [
  ...[9, 10, 50, 5_000].map((levels) => ({ name: `depth ${levels}`, query: deep(levels) })),
  { name: 'a circle of the schema', query: circles(20) },
  { name: 'depth in inline fragments', query: `{ ${'... on Query { '.repeat(1_000)}${deep(9).slice(1, -1)}${' }'.repeat(1_000)} }` },
  { name: 'inline fragments without end', query: `{ ${'... { '.repeat(20_000)}controls { tradingState }${' }'.repeat(20_000)} }` },
  {
    name: 'depth in fragments of fragments',
    query: `{ ...f0 } ${times(9, (index) => `fragment f${index} on Query { a { ...f${index + 1} } }`).join(' ')} fragment f9 on Query { a }`,
  },
  { name: 'introspection in circles', query: introspection(6) },
  { name: 'introspection, 5,000 deep', query: ofTypes(5_000) },
  { name: 'depth beside introspection', query: `{ __typename ${ofTypes(15).slice(1, -1)} }` },
  { name: 'introspection hidden in a fragment', query: `{ ...i } fragment i on Query ${ofTypes(21)}` },
  { name: 'a circle of fragments', query: '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }' },
  { name: 'a fragment in itself', query: '{ ...a } fragment a on Query { controls { tradingState } ...a }' },
  {
    name: 'a circle of fragments that nobody uses',
    query: '{ controls { tradingState } } fragment a on Query { ...b } fragment b on Query { ...a }',
  },
  { name: 'fragments that amplify', query: `{ ...f0 ...f0 } ${amplified('o: orders(first: 500) { totalCount }')}` },
  {
    name: 'fragments that amplify a subscription',
    query: `subscription { ...f0 } ${amplified('orders { __typename }').replaceAll('on Query', 'on Subscription')}`,
  },
  { name: 'aliases', query: `{ ${times(100, (index) => `a${index}: controls { tradingState }`).join(' ')} }` },
  {
    name: 'aliases of mutations',
    query: `mutation { ${times(100, (index) => `a${index}: cancelOrder(id: "x") { __typename }`).join(' ')} }`,
  },
  {
    name: 'aliases in a fragment',
    query: `{ ...f } fragment f on Query { ${times(100, (index) => `a${index}: controls { tradingState }`).join(' ')} }`,
  },
  { name: 'directives', query: `{ controls ${'@include(if: true) '.repeat(100)} { tradingState } }` },
  { name: 'directives on the operation', query: `query ${'@skip(if: false) '.repeat(100)}{ controls { tradingState } }` },
  { name: 'unknown directives', query: `{ controls ${'@x '.repeat(1_000)}{ tradingState } }` },
  { name: 'tokens', query: `{ controls { ${'tradingState '.repeat(4_000)} } }` },
  { name: 'fields of one name, that overlap', query: `{ ${'controls { tradingState } '.repeat(700)} }` },
  { name: 'a long comment', query: `{ controls { tradingState } } # ${'x'.repeat(200_000)}` },
  { name: 'comments without end', query: `${'#\n'.repeat(30_000)}{ a1: __typename }` },
  { name: 'comments behind the end', query: `{ a1: __typename }${'#\n'.repeat(3_000)}` },
  { name: 'a long text', query: `{ order(id: "${'x'.repeat(200_000)}") { id } }` },
  { name: 'a long name', query: `{ ${'x'.repeat(99_000)} }` },
  { name: 'an operation a thousand times', query: times(1_000, (index) => `query q${index} { controls { tradingState } }`).join(' ') },
  {
    name: 'variables by the thousand',
    query: `query (${times(1_000, (index) => `$v${index}: Int`).join(' ')}) { controls { tradingState } }`,
  },
  { name: 'a list of 10,000 levels', query: `{ indicators(x: ${'['.repeat(10_000)}${']'.repeat(10_000)}) { name } }` },
  { name: 'an input of 1,000 levels', query: `{ indicators(x: ${'{a: '.repeat(700)}1${'}'.repeat(700)}) { name } }` },
  { name: 'pages of pages', query: `{ ${PAGES} a: ${PAGES} b: ${PAGES} c: ${PAGES} }` },
  { name: 'a page without end', query: '{ orders(first: 99999999) { edges { node { id fills { id } } } } }' },
  { name: 'a page of 2³¹', query: '{ orders(first: 2147483648) { edges { node { id } } } }' },
  { name: 'a page of minus one', query: '{ orders(first: -1) { edges { node { id } } } }' },
  { name: 'a page without end, by a variable', ...first(99_999_999) },
  { name: 'a page of 2³¹, by a variable', ...first(2 ** 31) },
  { name: 'a page of minus one, by a variable', ...first(-1) },
  { name: 'a page of 1e308, by a variable', ...first(1e308) },
  { name: 'half a page, by a variable', ...first(0.5) },
  { name: 'a page whose size is a list', ...first([1]) },
  { name: 'no document', query: '' },
  { name: 'a type definition', query: 'type Query { a: Int }' },
  { name: 'a null byte', query: '{ controls { tradingState\u0000 } }' },
  { name: 'a field of every object', query: '{ __proto__ constructor toString }' },
  { name: 'names that look alike', query: '{ соntrols { seq } }' },
];
