import { philoxUniform } from '../philox.ts';
import { at } from '../rows-input.ts';

/** 0 to count − 1 in an order drawn from the seed and the number of the draw (Fisher and Yates, over Philox). */
export function shuffledPlaces(count: number, seed: number, draw: number): Uint32Array {
  const places = Uint32Array.from({ length: count }, (_, place) => place);
  for (let place = count - 1; place > 0; place -= 1) {
    const other = Math.floor(philoxUniform(place, draw, seed) * (place + 1));
    const kept = at(places, place);
    places[place] = at(places, other);
    places[other] = kept;
  }
  return places;
}
