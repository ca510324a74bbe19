/** Fills states from a seed: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014. */
function mix(x: u64): u64 {
  let z = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

const GOLDEN_GAMMA: u64 = 0x9e3779b97f4a7c15;

/** xoshiro256**: Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021. */
export class Random {
  private a: u64 = 0;
  private b: u64 = 0;
  private c: u64 = 0;
  private d: u64 = 0;

  /** Every stream of a seed is a generator of its own, so that a draw can be made again without those before it. */
  restart(seed: u64, stream: u64): void {
    const start = mix(mix(seed + GOLDEN_GAMMA) + stream * GOLDEN_GAMMA);
    this.a = mix(start + GOLDEN_GAMMA);
    this.b = mix(start + 2 * GOLDEN_GAMMA);
    this.c = mix(start + 3 * GOLDEN_GAMMA);
    this.d = mix(start + 4 * GOLDEN_GAMMA);
  }

  next(): u64 {
    const result = rotl<u64>(this.b * 5, 7) * 9;
    const shifted = this.b << 17;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotl<u64>(this.d, 45);
    return result;
  }

  /** Above 0, below 1. */
  share(): f64 {
    return (f64(this.next() >> 12) + 0.5) * 2.220446049250313e-16;
  }

  /** A whole number from 0, below `bound`, each as likely: D. Lemire, "Fast Random Integer Generation in an Interval", 2019. */
  below(bound: u32): u32 {
    let product = (this.next() >> 32) * u64(bound);
    if (u32(product) < bound) {
      const unfair: u32 = (<u32>0 - bound) % bound;
      while (u32(product) < unfair) product = (this.next() >> 32) * u64(bound);
    }
    return u32(product >> 32);
  }
}
