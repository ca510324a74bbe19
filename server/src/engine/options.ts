import { optionTermsOf } from '../instruments/option-symbol.ts';
import type { Ratio } from '../money/fixed.ts';
import type { OptionContractView, OptionsView } from '../risk/options.ts';
import type { EngineState } from './state.ts';

type Contracts = ReadonlyMap<string, OptionContractView>;
type Instruments = EngineState['instruments'];

/** Worked out once for each list of instruments: every order asks, and few of them are options. */
const known = new WeakMap<Instruments, Contracts>();

/** The options among the instruments, by symbol. */
export function listedContracts(instruments: Instruments): Contracts {
  const found = known.get(instruments);
  if (found !== undefined) return found;
  const contracts = new Map<string, OptionContractView>();
  for (const { symbol, option } of instruments.values()) {
    if (option === undefined) continue;
    const { underlying, right, strike, expiresOn } = option;
    contracts.set(symbol, { symbol, underlying, right, strike, expiresOn });
  }
  known.set(instruments, contracts);
  return contracts;
}

/** A root has no point, and a digit behind it where a corporate action changed what is delivered. */
function underlyingOf(root: string, instruments: Instruments): string {
  const plain = root.replace(/\d$/, '');
  return instruments.has(plain) ? plain : (instruments.keys().find((symbol) => symbol.replaceAll('.', '') === plain) ?? plain);
}

/** What is listed under an option's symbol, and else what the symbol says; `undefined` of everything else. */
export function contractOf(symbol: string, instruments: Instruments): OptionContractView | undefined {
  const listed = listedContracts(instruments).get(symbol);
  if (listed !== undefined) return listed;
  const terms = optionTermsOf(symbol);
  if (terms === undefined) return undefined;
  const { root, right, strike, expiresOn } = terms;
  return { symbol, underlying: underlyingOf(root, instruments), right, strike, expiresOn };
}

/** The options that are listed or held. What came into the account without a ticket is held before anybody lists it. */
export function contractsOf({ instruments, positions }: Pick<EngineState, 'instruments' | 'positions'>): Contracts {
  const listed = listedContracts(instruments);
  const others = [...positions.keys()].flatMap((symbol) => (instruments.has(symbol) ? [] : (contractOf(symbol, instruments) ?? [])));
  return others.length === 0 ? listed : new Map([...listed, ...others.map((contract) => [contract.symbol, contract] as const)]);
}

/** What the gate knows of options: the contracts that are listed or held, and the deltas of their newest quotes. Nothing where there are none. */
export function optionsOf(state: EngineState): { readonly options?: OptionsView } {
  const contracts = contractsOf(state);
  if (contracts.size === 0) return {};
  const deltas = new Map<string, Ratio>();
  for (const symbol of contracts.keys()) {
    const delta = state.marks.get(symbol)?.option?.delta;
    if (delta !== undefined) deltas.set(symbol, delta);
  }
  return { options: { contracts, deltas } };
}
