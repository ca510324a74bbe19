import type { Control } from '../control-input.ts';
import { shareDenials } from './denial.ts';

/** Σ of what positions have cost and open entries will cost at the worst / E. */
export const capitalDeployed: Control = (input, { limits }) =>
  input.isEntry
    ? shareDenials(
        'CapitalDeployed',
        'The cost of all positions as a share of equity',
        limits.capitalDeployedRatioMax,
        input.after.cost,
        input,
      )
    : [];
