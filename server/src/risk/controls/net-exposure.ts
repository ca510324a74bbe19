import type { Control } from '../control-input.ts';
import { shareDenials } from './denial.ts';

/** Positions netted, with all open orders of the order's own side filled / E. The other side is not made worse by it. */
export const netExposure: Control = (input, { limits }) => {
  if (!input.isEntry) return [];
  const net = input.intent.side === 'buy' ? input.after.long : input.after.short;
  return shareDenials('NetExposure', 'Net exposure as a share of equity', limits.netExposureRatioMax, net, input);
};
