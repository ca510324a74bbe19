import { compileBuiltIn, builtInStrategies } from '@tidemark/compute';
import type { Session } from '../../engine/session.ts';
import type { StrategyLibrary } from '../../strategies/graphql.ts';
import type { StrategyConfig } from '../../strategies/strategy.ts';
import { ratio } from '../../money/fixed.ts';

/** What a newcomer finds at work on the simulated exchange: two built-in strategies, each on symbols of its own. */
const FIRST: readonly (Pick<StrategyConfig, 'id' | 'name' | 'parameters' | 'symbols'> & { readonly template: string })[] = [
  {
    id: 'trend',
    name: 'Trend',
    template: 'sma-crossover',
    parameters: { fast: 10, slow: 30 },
    symbols: ['AAPL', 'SPX', 'SYNA', 'SYNB'],
  },
  {
    id: 'reversion',
    name: 'Reversion',
    template: 'rsi-reversion',
    parameters: { period: 7, low: 35, high: 65 },
    symbols: ['SYNC', 'SYND', 'SYNE', 'SYNF'],
  },
];

const BY = 'first start';

/** Creates and enables the first strategies on an account that never had any. */
export async function createFirstStrategies(session: Session, library: Pick<StrategyLibrary, 'save'>): Promise<void> {
  if (session.state().strategies.size > 0) return;
  const sources = new Map(builtInStrategies().map(({ name, source }) => [name, source]));
  for (const { template, ...first } of FIRST) {
    const module = await compileBuiltIn(template);
    await library.save(module, sources.get(template) ?? '', template);
    const config: StrategyConfig = {
      ...first,
      version: module.version,
      source: template,
      timeframe: '1Day',
      allocation: ratio('0.4'),
      size: { kind: 'equity', fraction: ratio('0.08') },
      wholeUnits: true,
    };
    await session.command({ kind: 'StrategyCreated', at: session.state().now, by: BY, config });
    await session.command({ kind: 'StrategyEnabled', at: session.state().now, by: BY, strategyId: config.id });
  }
}
