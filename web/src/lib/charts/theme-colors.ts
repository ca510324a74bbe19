const known = new Map<string, string>();

/**
 * A colour of the theme that is on, as `var(--up)`, in words that a canvas understands: it knows no variables. Asking for styles makes the browser work out the
 * page's, so each is asked for once a theme.
 */
export const colorsOf =
  (theme: 'dark' | 'light') =>
  (name: string): string => {
    const found = known.get(theme + name);
    if (found !== undefined) return found;
    const color = getComputedStyle(document.documentElement).getPropertyValue(name.slice('var('.length, -1)).trim();
    known.set(theme + name, color);
    return color;
  };
