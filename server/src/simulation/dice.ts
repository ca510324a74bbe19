const TWO_32 = 4_294_967_296;
const TWO_53 = 9_007_199_254_740_992;

/**
 * Randomness by name: the same seed and name always give the same number, whatever else was asked before. A fault that is switched off, or an
 * event that is left out, therefore moves no other draw, which is what makes a failing run shrink.
 */
export interface Dice {
  readonly seed: bigint;
  /** Uniform in [0, 1). */
  readonly draw: (name: string) => number;
  /** Uniform in [low, high). */
  readonly between: (name: string, low: number, high: number) => number;
  /** A whole number of low … high, both included. */
  readonly whole: (name: string, low: number, high: number) => number;
  readonly pick: <T>(name: string, options: readonly T[]) => T;
}

/** Bits of a 64-bit seed and a name, mixed by multiplication and shifts (Bryc's cyrb53). */
function mixed(low: number, high: number, name: string): number {
  let one = 0xde_ad_be_ef ^ low;
  let two = 0x41_c6_ce_57 ^ high;
  for (let index = 0; index < name.length; index += 1) {
    const code = name.charCodeAt(index);
    one = Math.imul(one ^ code, 2_654_435_761);
    two = Math.imul(two ^ code, 1_597_334_677);
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(two ^ (two >>> 13), 3_266_489_909);
  two = Math.imul(two ^ (two >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909);
  return TWO_32 * (2_097_151 & two) + (one >>> 0);
}

export function dice(seed: bigint): Dice {
  const low = Number(BigInt.asUintN(32, seed));
  const high = Number(BigInt.asUintN(32, seed >> 32n));
  const draw = (name: string): number => mixed(low, high, name) / TWO_53;
  return {
    seed,
    draw,
    between: (name, least, most) => least + draw(name) * (most - least),
    whole: (name, least, most) => least + Math.floor(draw(name) * (most - least + 1)),
    pick: (name, options) => {
      const chosen = options[Math.floor(draw(name) * options.length)];
      if (chosen === undefined) throw new Error(`Invariant: there is something to pick for ${name}`);
      return chosen;
    },
  };
}
