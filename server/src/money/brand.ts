declare const brand: unique symbol;

/** A value whose meaning the type checker keeps apart from others of the same representation. */
export type Brand<T, B extends string> = T & { readonly [brand]: B };
