import { goto } from '$app/navigation';
import { live } from '#lib/live/live.svelte.ts';
import { newestSeq, noticesOf } from './notices.ts';
import type { Least, Notice } from './notices.ts';

const KEY = 'tidemark.notifications';
const LEAST: readonly Least[] = ['off', 'INFO', 'WARNING', 'CRITICAL'];

const isThere = (): boolean => 'Notification' in globalThis && globalThis.isSecureContext;
const kept = (): Least => LEAST.find((one) => one === localStorage.getItem(KEY)) ?? 'off';

/** Tells of new alerts by the system's own notifications, while a page is open: only what the reader asked for, and after they let it. */
class Notifier {
  least = $state<Least>(kept());
  permission = $state<NotificationPermission | 'missing'>(isThere() ? Notification.permission : 'missing');
  /** Why nothing can be shown, where the browser said so. */
  problem = $state<string>();
  #seen: number | undefined;

  /** Call it where something was pressed: browsers ask for permission only then. */
  async choose(least: Least): Promise<void> {
    this.least = least;
    localStorage.setItem(KEY, least);
    this.problem = undefined;
    if (least !== 'off' && this.permission === 'default') this.permission = await Notification.requestPermission();
  }

  /** What was there when the page was opened is not told. Call once, inside a component. */
  follow(): void {
    $effect(() => {
      const { alerts, overview, ready } = live;
      if (!ready || overview === undefined) return;
      const seen = this.#seen;
      this.#seen = Math.max(seen ?? 0, newestSeq(alerts));
      if (seen === undefined || this.permission !== 'granted') return;
      for (const notice of noticesOf(alerts, seen, this.least, overview.mode)) this.#show(notice);
    });
  }

  #show({ title, body, tag }: Notice): void {
    try {
      const shown = new Notification(title, { body, tag });
      shown.addEventListener('click', () => {
        globalThis.focus();
        void goto('/health');
        shown.close();
      });
    } catch (error) {
      // Some browsers of phones show them to installed programs only: the page Help says so.
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }
}

export const notifier = new Notifier();
