/**
 * The layout that host and module share; `host/load.ts` asserts the same number. Raise it with any change to what is exported, to the order
 * of `Bars`, to how parameters are passed, or to the description.
 */
export const ABI_VERSION: i32 = 2;
