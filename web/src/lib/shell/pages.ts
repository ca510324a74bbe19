import ShieldCheck from '@lucide/svelte/icons/shield-check';
import UsersRound from '@lucide/svelte/icons/users-round';
import BadgeCheck from '@lucide/svelte/icons/badge-check';
import Activity from '@lucide/svelte/icons/activity';
import Bot from '@lucide/svelte/icons/bot';
import BookOpen from '@lucide/svelte/icons/book-open';
import BrainCircuit from '@lucide/svelte/icons/brain-circuit';
import ChartSpline from '@lucide/svelte/icons/chart-spline';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import LayoutGrid from '@lucide/svelte/icons/layout-grid';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import ReceiptText from '@lucide/svelte/icons/receipt-text';
import Rows3 from '@lucide/svelte/icons/rows-3';
import Sigma from '@lucide/svelte/icons/sigma';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Telescope from '@lucide/svelte/icons/telescope';
import type { Component } from 'svelte';

export interface Page {
  readonly path: string;
  readonly name: string;
  readonly group: 'now' | 'research' | 'govern';
  readonly key: string;
  readonly icon: Component<{ size?: number }>;
}

/** Every page there is, in the order of the navigation: a new page is a folder in `routes` and a line here. */
export const PAGES: readonly Page[] = [
  { path: '/', name: 'Overview', group: 'now', key: '1', icon: ChartSpline },
  { path: '/strategies', name: 'Strategies', group: 'now', key: '2', icon: LayoutGrid },
  { path: '/positions', name: 'Positions', group: 'now', key: '3', icon: Rows3 },
  { path: '/orders', name: 'Orders', group: 'now', key: '4', icon: ReceiptText },
  { path: '/options', name: 'Options', group: 'research', key: 'o', icon: Sigma },
  { path: '/runs', name: 'Runs', group: 'research', key: '5', icon: FlaskConical },
  { path: '/research', name: 'Research', group: 'research', key: 'r', icon: Telescope },
  { path: '/models', name: 'Models', group: 'research', key: 'm', icon: BrainCircuit },
  { path: '/controls', name: 'Controls', group: 'govern', key: '6', icon: SlidersHorizontal },
  { path: '/approvals', name: 'Approvals', group: 'govern', key: '7', icon: BadgeCheck },
  { path: '/agents', name: 'Agents', group: 'govern', key: 'g', icon: Bot },
  { path: '/health', name: 'Health', group: 'govern', key: '8', icon: Activity },
  { path: '/audit', name: 'Audit', group: 'govern', key: 'a', icon: ScrollText },
  { path: '/people', name: 'People', group: 'govern', key: '9', icon: UsersRound },
  { path: '/security', name: 'Security', group: 'govern', key: 's', icon: ShieldCheck },
  { path: '/help', name: 'Help', group: 'govern', key: '0', icon: BookOpen },
];

export const GROUPS = ['now', 'research', 'govern'] as const;

/** Whether `path` is the page at `pathname`, or a page below it. */
export function isCurrent(page: Page, pathname: string): boolean {
  return page.path === '/' ? pathname === '/' : pathname === page.path || pathname.startsWith(`${page.path}/`);
}
