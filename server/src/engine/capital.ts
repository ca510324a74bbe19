import { divide } from '../money/fixed.ts';
import type { Quantity, Ratio } from '../money/fixed.ts';
import { min } from '../money/money.ts';
import type { SizePolicy, StrategyConfig } from '../strategies/strategy.ts';
import type { EngineState } from './state.ts';

/** Share of equity that a strategy may hold now: its allocation, or less where an ensemble has given it less. */
export const capitalOf = ({ capitals }: Pick<EngineState, 'capitals'>, { id, allocation }: StrategyConfig): Ratio =>
  min(capitals.get(id) ?? allocation, allocation);

/** The size policy in the ratio of capital to allocation, toward zero: who has half its capital opens half. */
export function sizedByCapital(state: Pick<EngineState, 'capitals'>, config: StrategyConfig): StrategyConfig {
  const capital = capitalOf(state, config);
  return capital === config.allocation ? config : { ...config, size: scaled(config.size, capital, config.allocation) };
}

const scaled = (size: SizePolicy, capital: Ratio, allocation: Ratio): SizePolicy =>
  size.kind === 'units'
    ? { kind: 'units', units: divide(size.units * capital, allocation, 'toward-zero') as Quantity }
    : { kind: 'equity', fraction: divide(size.fraction * capital, allocation, 'toward-zero') as Ratio };
