import { LinearPredictor } from './linear';
import { Predictor } from './prediction';
import { TreePredictor } from './trees';

/** `TIDETREE`: the bytes of a file of trees, as docs/models.md has them. */
const TREES: u64 = 0x4545525445444954;
/** `TIDELINE`: see `linear.ts`. */
const LINEAR: u64 = 0x454e494c45444954;

/** What the bytes at an address predict with. They are the host's word: a module is compiled with a model that was checked. */
export function predictorAt(address: usize): Predictor {
  const magic = load<u64>(address);
  if (magic == TREES) return new TreePredictor(address);
  assert(magic == LINEAR, 'Invariant: a module carries a model of a known kind');
  return new LinearPredictor(address);
}
