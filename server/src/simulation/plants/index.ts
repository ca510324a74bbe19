import { BOOK_PLANTS } from './book-plants.ts';
import { ORDER_PLANTS } from './order-plants.ts';
import { FAMILY_PLANTS } from './family-plants.ts';
import { PEOPLE_PLANTS } from './people-plants.ts';
import type { Plant } from './plant.ts';

/** Every bug that can be planted, by name. */
export const PLANTS: ReadonlyMap<string, Plant> = new Map(
  [...ORDER_PLANTS, ...BOOK_PLANTS, ...PEOPLE_PLANTS, ...FAMILY_PLANTS].map((plant) => [plant.name, plant]),
);
