/** In the order in which they are looked for: most browsers also name those that they are built on. */
const BROWSERS: readonly (readonly [name: string, mark: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Headless)?Chrom(?:e|ium)\/|\bCriOS\//],
  ['Safari', /\bSafari\//],
];
const SYSTEMS: readonly (readonly [name: string, mark: RegExp])[] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
];

const nameIn = (agent: string, known: typeof BROWSERS): string | undefined => known.find(([, mark]) => mark.test(agent))?.[0];

/** A browser and its system in a few words, as a person knows their own devices; what a browser says of itself proves nothing. */
export function deviceName(agent: string): string {
  const [browser, system] = [nameIn(agent, BROWSERS), nameIn(agent, SYSTEMS)];
  if (browser === undefined) return agent === '' ? 'Unknown' : (agent.split(' ', 1)[0] ?? agent);
  return system === undefined ? browser : `${browser} on ${system}`;
}
