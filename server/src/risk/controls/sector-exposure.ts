import type { Instrument } from '../../instruments/instrument.ts';
import type { Control, ControlInput } from '../control-input.ts';
import { worstValue } from '../exposure.ts';
import type { Exposure } from '../exposure.ts';
import type { RiskContext } from '../types.ts';
import type { ExactMoney } from '../valuation.ts';
import { shareDenials } from './denial.ts';

/** Σ of the worst cases of one sector's symbols; those of no known sector are one together. A broad fund is in no sector. */
export function sectorValue(
  exposure: Exposure,
  sector: string | undefined,
  instruments: ReadonlyMap<string, Instrument>,
): ExactMoney | undefined {
  let total = 0n;
  for (const of of exposure.bySymbol.values()) {
    const instrument = instruments.get(of.symbol);
    if (instrument?.broad === true || instrument?.sector !== sector) continue;
    const worst = worstValue(of);
    if (worst === undefined) return undefined;
    total += worst;
  }
  return total as ExactMoney;
}

/** Worst cases of one sector / E; less where the sector is not known. */
export const sectorExposure: Control = (input: ControlInput, { limits, instruments }: RiskContext) => {
  if (!input.isEntry || input.instrument?.broad === true) return [];
  const sector = input.instrument?.sector;
  const limit = sector === undefined ? limits.sectorUnknownRatioMax : limits.sectorExposureRatioMax;
  const what = sector === undefined ? 'The share of equity in symbols of no known sector' : `The share of equity in ${sector}`;
  return shareDenials('SectorExposure', what, limit, sectorValue(input.after, sector, instruments), input);
};
