/** The symbols in which a position is held, without gaps: what is marked at each close. */
export let held: i32 = 0;
let symbols: StaticArray<i32> = [];
/** Place of a symbol in the list, from 1; 0 while it is not held. */
let places: StaticArray<i32> = [];

export function openHoldings(count: i32): void {
  symbols = new StaticArray<i32>(count);
  places = new StaticArray<i32>(count);
  held = 0;
}

@inline
export function heldSymbol(index: i32): i32 {
  return unchecked(symbols[index]);
}

export function addHeld(symbol: i32): void {
  unchecked((symbols[held] = symbol));
  held += 1;
  unchecked((places[symbol] = held));
}

/** The symbols after it move up, so that sums over the list always add in the order in which positions were opened. */
export function removeHeld(symbol: i32): void {
  for (let at = places[symbol]; at < held; at++) {
    const next = symbols[at];
    symbols[at - 1] = next;
    places[next] = at;
  }
  held -= 1;
  places[symbol] = 0;
}
