import { compareDecimals } from '#lib/ui/table/column.ts';

/** One figure of the account at two places in time. */
export interface Compared {
  readonly id: string;
  readonly group: 'Account' | 'Positions' | 'Strategies' | 'Limits';
  readonly name: string;
  /** As it was; null where it was not there. */
  readonly before: string | null;
  readonly after: string | null;
  readonly unit: 'usd' | 'price' | 'ratio' | 'count' | 'text';
}

interface Edges<T> {
  readonly edges: readonly { readonly node: T }[];
}

/** The account at one place, as the API answers it. */
export interface AccountThen {
  readonly overview: Readonly<Record<FigureName, string | number | null>> & { readonly tradingState: string };
  readonly positions: Edges<{
    readonly symbol: string;
    readonly quantity: string;
    readonly averagePrice: string;
    readonly unrealizedPnl: string | null;
  }>;
  readonly strategies: Edges<{
    readonly id: string;
    readonly name: string;
    readonly version: string;
    readonly state: string;
    readonly allocation: string;
  }>;
  readonly limits: readonly { readonly name: string; readonly title: string; readonly unit: string; readonly value: string }[];
}

type FigureName = (typeof FIGURES)[number]['name'];
const FIGURES = [
  { name: 'equity', label: 'Equity', unit: 'usd' },
  { name: 'cash', label: 'Cash', unit: 'usd' },
  { name: 'dayPnl', label: 'Day P&L', unit: 'usd' },
  { name: 'openPnl', label: 'Open P&L', unit: 'usd' },
  { name: 'realizedPnl', label: 'Realised P&L', unit: 'usd' },
  { name: 'totalPnl', label: 'Total P&L', unit: 'usd' },
  { name: 'drawdown', label: 'Drawdown', unit: 'ratio' },
  { name: 'highWaterMark', label: 'High-water mark', unit: 'usd' },
  { name: 'grossExposure', label: 'Gross exposure', unit: 'usd' },
  { name: 'netExposure', label: 'Net exposure', unit: 'usd' },
  { name: 'buyingPower', label: 'Buying power', unit: 'usd' },
  { name: 'workingOrders', label: 'Working orders', unit: 'count' },
  { name: 'openPositions', label: 'Open positions', unit: 'count' },
] as const;

type Figure = Omit<Compared, 'before' | 'after'> & { readonly value: string | null };

/** Everything of the account as a list, each with a name that it keeps over time. */
function figuresOf({ overview, positions, strategies, limits }: AccountThen): readonly Figure[] {
  const figure = (group: Compared['group'], id: string, name: string, unit: Compared['unit'], value: string | null): Figure => ({
    id: `${group}/${id}`,
    group,
    name,
    unit,
    value,
  });
  return [
    figure('Account', 'tradingState', 'Trading state', 'text', overview.tradingState),
    ...FIGURES.map(({ name, label, unit }) =>
      figure('Account', name, label, unit, overview[name] === null ? null : String(overview[name])),
    ),
    ...positions.edges.flatMap(({ node }) => [
      figure('Positions', node.symbol, `${node.symbol}, quantity`, 'count', node.quantity),
      figure('Positions', `${node.symbol}/entry`, `${node.symbol}, average entry`, 'price', node.averagePrice),
      figure('Positions', `${node.symbol}/open`, `${node.symbol}, open P&L`, 'usd', node.unrealizedPnl),
    ]),
    ...strategies.edges.flatMap(({ node }) => [
      figure('Strategies', node.id, `${node.name}, state`, 'text', node.state),
      figure('Strategies', `${node.id}/version`, `${node.name}, version`, 'text', node.version),
      figure('Strategies', `${node.id}/allocation`, `${node.name}, allocation`, 'ratio', node.allocation),
    ]),
    ...limits.map(({ name, title, unit, value }) =>
      figure('Limits', name, title, unit === 'usd' || unit === 'ratio' ? unit : 'count', value),
    ),
  ];
}

/** The account at two places, figure by figure; what was there at neither is in neither. */
export function compareAccounts(before: AccountThen, after: AccountThen): readonly Compared[] {
  const earlier = new Map(figuresOf(before).map((one) => [one.id, one]));
  const later = figuresOf(after);
  const gone = [...earlier.values()].filter(({ id }) => !later.some((one) => one.id === id));
  return [
    ...later.map(({ value, ...rest }) => ({ ...rest, before: earlier.get(rest.id)?.value ?? null, after: value })),
    ...gone.map(({ value, ...rest }) => ({ ...rest, before: value, after: null })),
  ];
}

/** Whether a figure is another one; "1.0" and "1.00" are the same. */
export function isChanged({ before, after, unit }: Compared): boolean {
  if (before === null || after === null) return before !== after;
  return unit === 'text' ? before !== after : compareDecimals(before, after) !== 0;
}

/** What is between two figures, as a number for the eye; `undefined` where there is nothing between them. */
export function changeOf({ before, after, unit }: Compared): number | undefined {
  if (unit === 'text' || before === null || after === null) return undefined;
  return Number(after) - Number(before);
}
