import type { Alert } from '../../engine/effects.ts';
import { instantFromMs } from '../../money/instant.ts';

export const AT = instantFromMs(Date.UTC(2024, 2, 4, 15));

export const alertOf = (id: string, change: Partial<Alert> = {}): Alert => ({
  id,
  severity: 'critical',
  code: 'KillSwitch',
  title: `Kill switch: ${id}`,
  detail: 'user:ada: a drill',
  raisedAt: AT,
  ...change,
});
