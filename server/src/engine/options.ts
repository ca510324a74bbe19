import type { Instrument } from '../instruments/instrument.ts';
import type { Ratio } from '../money/fixed.ts';
import type { OptionContractView, OptionsView } from '../risk/options.ts';
import type { EngineState } from './state.ts';

type Contracts = ReadonlyMap<string, OptionContractView>;

/** Worked out once for each list of instruments: every order asks, and few of them are options. */
const known = new WeakMap<ReadonlyMap<string, Instrument>, Contracts>();

/** The options among the instruments, by symbol. */
export function contractsOf(instruments: ReadonlyMap<string, Instrument>): Contracts {
  const found = known.get(instruments);
  if (found !== undefined) return found;
  const contracts = new Map<string, OptionContractView>();
  for (const { symbol, option } of instruments.values()) {
    if (option === undefined) continue;
    const { underlying, right, strike, expiresOn, multiplier } = option;
    contracts.set(symbol, { symbol, underlying, right, strike, expiresOn, multiplier: BigInt(multiplier) });
  }
  known.set(instruments, contracts);
  return contracts;
}

/** What the gate knows of options: the contracts that are listed, and the deltas of their newest quotes. Nothing where there are none. */
export function optionsOf({ instruments, marks }: EngineState): { readonly options?: OptionsView } {
  const contracts = contractsOf(instruments);
  if (contracts.size === 0) return {};
  const deltas = new Map<string, Ratio>();
  for (const symbol of contracts.keys()) {
    const delta = marks.get(symbol)?.option?.delta;
    if (delta !== undefined) deltas.set(symbol, delta);
  }
  return { options: { contracts, deltas } };
}
