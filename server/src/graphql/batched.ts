import DataLoader from 'dataloader';
import type { Context } from './context.ts';

/**
 * A read of one thing that is a read of all things that an operation asks about in the same moment: one statement for a page, not one for each of its items. Nothing is kept
 * beyond the moment, for a subscription lives long. What the map leaves out is `undefined`.
 */
export function batched<Value>(
  read: (keys: readonly string[], context: Context) => Promise<ReadonlyMap<string, Value>>,
): (key: string, context: Context) => Promise<Value | undefined> {
  const loaders = new WeakMap<Context, DataLoader<string, Value | undefined>>();
  return (key, context) => {
    let loader = loaders.get(context);
    if (loader === undefined) {
      loader = new DataLoader(
        async (keys) => {
          const found = await read([...new Set(keys)], context);
          return keys.map((each) => found.get(each));
        },
        { cache: false },
      );
      loaders.set(context, loader);
    }
    return loader.load(key);
  };
}
