import type { Zone } from './format.ts';

export type Theme = 'system' | 'dark' | 'light';
export type Density = 'comfortable' | 'compact';
/** Whether a key alone opens a page: who dictates, or hits keys by accident, turns it off. */
export type Keys = 'on' | 'off';

const KEY = 'tidemark.preferences';

interface Kept {
  theme: Theme;
  density: Density;
  zone: Zone;
  keys: Keys;
}

function read(): Kept {
  const kept: Kept = { theme: 'system', density: 'comfortable', zone: 'America/New_York', keys: 'on' };
  const text = localStorage.getItem(KEY);
  if (text === null) return kept;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Somebody else wrote here: the defaults are always right.
    return kept;
  }
  if (typeof parsed !== 'object' || parsed === null) return kept;
  if ('theme' in parsed && (parsed.theme === 'dark' || parsed.theme === 'light')) kept.theme = parsed.theme;
  if ('density' in parsed && parsed.density === 'compact') kept.density = parsed.density;
  if ('zone' in parsed && (parsed.zone === 'UTC' || parsed.zone === 'local')) kept.zone = parsed.zone;
  if ('keys' in parsed && parsed.keys === 'off') kept.keys = parsed.keys;
  return kept;
}

/** What a reader chose about the look; kept in this browser. */
class Preferences {
  readonly #start = read();
  theme = $state<Theme>(this.#start.theme);
  density = $state<Density>(this.#start.density);
  zone = $state<Zone>(this.#start.zone);
  keys = $state<Keys>(this.#start.keys);
  #systemDark = $state(matchMedia('(prefers-color-scheme: dark)').matches);

  readonly dark = $derived(this.theme === 'dark' || (this.theme === 'system' && this.#systemDark));

  /** Writes choices through to the page and to storage; call once, inside a component. */
  follow(): void {
    $effect(() => {
      const media = matchMedia('(prefers-color-scheme: dark)');
      const listen = () => (this.#systemDark = media.matches);
      media.addEventListener('change', listen);
      return () => media.removeEventListener('change', listen);
    });
    // Before anything of the page is drawn anew: a canvas reads its colours from the page.
    $effect.pre(() => {
      document.documentElement.dataset['theme'] = this.dark ? 'dark' : 'light';
      document.documentElement.dataset['density'] = this.density;
      localStorage.setItem(KEY, JSON.stringify({ theme: this.theme, density: this.density, zone: this.zone, keys: this.keys }));
    });
  }

  nextZone(): void {
    const order: readonly Zone[] = ['America/New_York', 'UTC', 'local'];
    this.zone = order[(order.indexOf(this.zone) + 1) % order.length] ?? 'UTC';
  }

  nextTheme(): void {
    const order: readonly Theme[] = ['system', 'dark', 'light'];
    this.theme = order[(order.indexOf(this.theme) + 1) % order.length] ?? 'system';
  }
}

export const preferences = new Preferences();
