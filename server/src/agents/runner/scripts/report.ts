import { listAt, percent, said, textAt, numberAt, valueAt } from './answers.ts';
import { ask, askAll, reportOf } from './course.ts';
import type { Course } from './course.ts';

/** The limit of which most is used, in words. */
function tightestLimit(risk: unknown): string {
  const used = listAt(risk, 'limits').flatMap((limit) => {
    const [name, use] = [textAt(limit, 'name'), numberAt(limit, 'use')];
    return name === undefined || use === undefined ? [] : [{ name, use }];
  });
  const [most] = used.toSorted((a, b) => b.use - a.use);
  return most === undefined ? 'No limit is in use.' : `Of limits ${most.name} is used most: ${percent(most.use)}.`;
}

/** Sums the day up: equity, result, the tightest limit, open alerts, health. */
export function* reportCourse(): Course {
  const { data: overview } = yield* ask('I look at the account.', 'get_overview');
  const [risk, health] = yield* askAll('Now risk and health.', [
    { tool: 'get_risk', arguments: {} },
    { tool: 'get_health', arguments: {} },
  ]);
  const now = (name: string): string => said(valueAt(overview, 'overview', name));
  const alerts = listAt(overview, 'alerts', 'items');
  return reportOf('Summary of the day', [
    `Equity ${now('equity')}, the day’s result ${now('dayPnl')}, drawdown ${now('drawdown')}.`,
    `${now('openPositions')} positions, ${now('workingOrders')} working orders; trading is ${now('tradingState')}.`,
    tightestLimit(risk?.data),
    alerts.length === 0
      ? 'No alert is open.'
      : `Open alerts: ${alerts.map((alert) => said(valueAt(alert, 'title')).replace(/\.$/, '')).join('; ')}.`,
    `Health: ${said(valueAt(health?.data, 'health', 'state'))}.`,
  ]);
}
